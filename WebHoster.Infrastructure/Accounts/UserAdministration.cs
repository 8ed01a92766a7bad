using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>What administrators do to people's accounts. Asked for again, nothing changes, and the answer is false.</summary>
public sealed class UserAdministration(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    /// <summary>Keeps a person out: no sign-in, and every token, cookie and open page ends. Their hostings go on.</summary>
    /// <exception cref="ConflictException">Oneself, or the last administrator.</exception>
    public Task<bool> DisableAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, id, "user.disable", from, async (db, user) =>
        {
            if (user.DisabledAt is not null)
                return false;
            await RequireAnotherAdminAsync(db, actor, id, "disable", ct);
            user.DisabledAt = clock.GetUtcNow();
            await Sessions.EndAllAsync(db, user, ct);
            return true;
        }, ct);

    /// <summary>They may sign in again; API tokens count again, what else had ended stays ended.</summary>
    /// <exception cref="ConflictException">The account is being deleted.</exception>
    public Task<bool> EnableAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, id, "user.enable", from, (_, user) =>
        {
            if (user.LeavingAt is not null)
                throw new ConflictException("This account is being deleted.");
            var changes = user.DisabledAt is not null;
            user.DisabledAt = null;
            return Task.FromResult(changes);
        }, ct);

    public Task<bool> PromoteAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, id, "user.promote", from, async (db, user) =>
        {
            if (await db.Admins.AnyAsync(a => a.UserId == id, ct))
                return false;
            var role = await db.Roles.SingleAsync(r => r.Name == Roles.Admin, ct);
            db.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = role.Id });
            return true;
        }, ct);

    /// <summary>Their sessions end with the role; API tokens of theirs lose the scope admin.</summary>
    /// <exception cref="ConflictException">Oneself, or the last administrator.</exception>
    public Task<bool> DemoteAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, id, "user.demote", from, async (db, user) =>
        {
            if (await db.Admins.SingleOrDefaultAsync(a => a.UserId == id, ct) is not { } membership)
                return false;
            await RequireAnotherAdminAsync(db, actor, id, "demote", ct);
            db.Remove(membership);
            await Sessions.EndAllAsync(db, user, ct);
            return true;
        }, ct);

    /// <summary>Holds for hostings made from now on.</summary>
    /// <exception cref="InvalidInputException">There is no such plan.</exception>
    public Task<bool> SetPlanAsync(Guid actor, Guid id, string? plan, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, id, "user.plan", from, async (db, user) =>
        {
            // PostgreSQL's texts have no NUL. The lock keeps the plan from being deleted meanwhile.
            if (plan?.Contains('\0') == true || await db.Plans.FromSql($"select * from plans where name = {plan} for key share").SingleOrDefaultAsync(ct) is not { } known)
                throw new InvalidInputException("plan", "There is no such plan.");
            var changes = user.PlanName != known.Name;
            user.PlanName = known.Name;
            return changes;
        }, ct);

    /// <summary>Cookies, open pages and access tokens end. API tokens live on.</summary>
    public Task<bool> SignOutAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, id, "user.sign_out", from, async (db, user) =>
        {
            await Sessions.EndAllAsync(db, user, ct);
            return true;
        }, ct);

    /// <summary>Vouches for the email address, where no mail can.</summary>
    public Task<bool> ConfirmEmailAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, id, "user.confirm_email", from, (_, user) =>
        {
            var changes = !user.EmailConfirmed;
            user.EmailConfirmed = true;
            return Task.FromResult(changes);
        }, ct);

    /// <summary>For who has lost app, codes and keys: authenticator app, recovery codes and passkeys are forgotten, and sessions end.</summary>
    public Task<bool> ForgetSecondFactorAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, id, "user.forget_second_factor", from, async (db, user) =>
        {
            var changes = user.TotpSecret is not null;
            user.TotpSecret = null;
            await db.RecoveryCodes.Where(c => c.UserId == id).ExecuteDeleteAsync(ct);
            changes |= await db.UserPasskeys.Where(p => p.UserId == id).ExecuteDeleteAsync(ct) > 0;
            if (changes)
                await Sessions.EndAllAsync(db, user, ct);
            return changes;
        }, ct);

    /// <param name="change">False where there was nothing to change.</param>
    /// <exception cref="NotFoundException">There is no such user.</exception>
    private async Task<bool> ChangeAsync(
        Guid actor, Guid id, string action, IPAddress? from, Func<WebHosterDb, User, Task<bool>> change, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.LockAdminsAsync(ct);
        var user = await db.LockUserAsync(id, ct);
        if (!await change(db, user))
            return false;
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        db.Add(new AuditEntry(clock.GetUtcNow(), actor, action, user.UserName!, "succeeded", from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private static async Task RequireAnotherAdminAsync(WebHosterDb db, Guid actor, Guid id, string verb, CancellationToken ct)
    {
        if (actor == id)
            throw new ConflictException($"You cannot {verb} yourself. Another administrator can.");
        if (await db.IsLastAdminAsync(id, ct))
            throw new ConflictException("This is the last administrator. Promote somebody else first.");
    }
}
