using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>
/// Deletes accounts: nobody gets in from the moment it is asked for, the hostings go through the engine like any others, and the account
/// goes when the last of them is gone. What is left to do is in the rows, so that whoever is killed is followed by another (Jobs/AccountClock).
/// </summary>
public sealed class AccountRemoval(IDbContextFactory<WebHosterDb> factory, HostingRequests requests, TimeProvider clock)
{
    /// <summary>Asked for again, nothing changes.</summary>
    /// <param name="actor">The person, or an administrator.</param>
    /// <exception cref="NotFoundException">There is no such user.</exception>
    /// <exception cref="ConflictException">The last administrator stays.</exception>
    public async Task RequestAsync(Guid actor, Guid userId, IPAddress? from, CancellationToken ct)
    {
        await using (var db = await factory.CreateDbContextAsync(ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await db.LockAdminsAsync(ct);
            // As a request for a hosting does: it comes before and is deleted, or after and is refused.
            var user = await db.LockUserAsync(userId, ct);
            if (user.LeavingAt is null && await db.IsLastAdminAsync(userId, ct))
                throw new ConflictException("You are the last administrator. Make somebody else one first.");
            if (user.LeavingAt is null)
            {
                user.LeavingAt = clock.GetUtcNow();
                user.DisabledAt ??= user.LeavingAt;
                await Sessions.EndAllAsync(db, user, ct);
                db.Add(new AuditEntry(clock.GetUtcNow(), actor, actor == userId ? "account.delete" : "user.delete", user.UserName!, "accepted", from));
            }
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        await AdvanceAsync(userId, ct, actor == userId ? from : null);
    }

    /// <summary>Those that are being deleted.</summary>
    public async Task<IReadOnlyList<Guid>> ListAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Users.Where(u => u.LeavingAt != null).Select(u => u.Id).ToListAsync(ct);
    }

    /// <summary>Asks for what was not asked for yet, or removes the account where nothing of it is on the host any more.</summary>
    /// <param name="from">Where the person is who has just asked for it.</param>
    public async Task AdvanceAsync(Guid userId, CancellationToken ct, IPAddress? from = null)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var staying = await db.Hostings.Where(h => h.OwnerId == userId && h.Desired != DesiredState.Absent).Select(h => h.Id).ToListAsync(ct);
        foreach (var hosting in staying)
        {
            try
            {
                await requests.ChangeAsync(userId, hosting, OperationKind.Delete, from, ct);
            }
            catch (DomainException e) when (e is NotFoundException or ConflictException)
            {
                // A failed creation has undone itself meanwhile, or somebody else asks at this moment; the next look goes on.
            }
        }
        if (staying.Count == 0)
            await EraseAsync(db, userId, ct);
    }

    private async Task EraseAsync(WebHosterDb db, Guid userId, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var user = await db.Users.FromSql($"select * from users where id = {userId} and leaving_at is not null for update").SingleOrDefaultAsync(ct);
        if (user is null || await db.Hostings.AnyAsync(h => h.OwnerId == userId, ct))
            return;
        // What is known of the work stays; a key tells whose it was.
        await db.Operations.Where(o => o.OwnerId == userId && o.PublicKey != null).ExecuteUpdateAsync(set => set.SetProperty(o => o.PublicKey, (string?)null), ct);
        db.Remove(user);
        db.Add(new AuditEntry(clock.GetUtcNow(), null, "account.delete", user.UserName!, "succeeded", null));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
