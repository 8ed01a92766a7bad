using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>The browsers in which a person is signed in.</summary>
public sealed class Sessions(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private const int StampBytes = 20;
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    public async Task<Session> StartAsync(User user, SignInMethod method, string? browser, IPAddress? from, CancellationToken ct)
    {
        var session = new Session(user.Id, method, browser, from, clock.GetUtcNow());
        await using var db = await factory.CreateDbContextAsync(ct);
        db.Add(session);
        await db.SaveChangesAsync(ct);
        // Who registers on a page is signed in at once, without a sign-in that would have told.
        DateTimeOffset? now = session.CreatedAt;
        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSignInAt, now), ct);
        return session;
    }

    /// <summary>The one that was used last comes first.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(Guid userId, CancellationToken ct)
    {
        var over = clock.GetUtcNow() - Session.Life;
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Sessions.AsNoTracking().Where(s => s.UserId == userId && s.SeenAt > over).OrderByDescending(s => s.SeenAt).ToListAsync(ct);
    }

    /// <summary>Writes down, to the minute, that and where it was used.</summary>
    public async Task NoteAsync(Guid id, DateTimeOffset seenAt, IPAddress? from, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (seenAt > now - Grain)
            return;
        await using var db = await factory.CreateDbContextAsync(ct);
        // Requests of the same moment have all seen the old time: the first one writes.
        await db.Sessions.Where(s => s.Id == id && s.SeenAt <= now - Grain)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.SeenAt, now).SetProperty(s => s.Address, s => from ?? s.Address), ct);
    }

    /// <exception cref="NotFoundException">No such session, or another person's.</exception>
    public async Task EndAsync(Guid userId, Guid id, string action, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var session = await db.Sessions.SingleOrDefaultAsync(s => s.Id == id && s.UserId == userId, ct)
            ?? throw new NotFoundException("There is no such session.");
        db.Remove(session);
        db.Add(new AuditEntry(clock.GetUtcNow(), userId, action, $"signed in by {session.Method.Word()} from {session.Address}", "succeeded", from));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Signs the person out everywhere: cookies, open pages and access tokens end. API tokens live on.</summary>
    public async Task EndAllAsync(Guid userId, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var user = await db.LockUserAsync(userId, ct);
        await EndAllAsync(db, user, ct);
        db.Add(new AuditEntry(clock.GetUtcNow(), userId, "account.sign_out_everywhere", user.UserName!, "succeeded", from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Within the caller's transaction; the caller saves.</summary>
    /// <param name="except">A session that goes on, with a cookie that is made anew.</param>
    public static async Task EndAllAsync(WebHosterDb db, User user, CancellationToken ct, Guid? except = null)
    {
        // Cookies, circuits and JWTs carry the stamp, or a digest of it.
        user.SecurityStamp = Convert.ToHexString(RandomNumberGenerator.GetBytes(StampBytes));
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        await db.Sessions.Where(s => s.UserId == user.Id && s.Id != except).ExecuteDeleteAsync(ct);
    }

    /// <summary>Removes what has ended by itself.</summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var over = clock.GetUtcNow() - Session.Life;
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Sessions.Where(s => s.SeenAt <= over).ExecuteDeleteAsync(ct);
    }
}
