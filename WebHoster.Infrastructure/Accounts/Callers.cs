using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>Somebody whose token counts at this moment.</summary>
/// <param name="Stamp">Identity's security stamp: whatever ends sessions changes it.</param>
/// <param name="Token">Null where they have signed in.</param>
/// <param name="Session">Null where they show a token.</param>
public sealed record Caller(Guid UserId, string Name, string? Stamp, bool IsAdmin, CallerToken? Token = null, CallerSession? Session = null);

/// <summary>The API token that a caller shows.</summary>
public sealed record CallerToken(Guid Id, IReadOnlyList<TokenScope> Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>The session whose cookie a caller shows.</summary>
public sealed record CallerSession(Guid Id, DateTimeOffset SeenAt);

/// <summary>Who calls: one look-up per request, so that a disabled person, a deleted token and an ended session are out at once.</summary>
public sealed class Callers(LookUps lookUps, TimeProvider clock)
{
    private static readonly Func<WebHosterDb, Guid, CancellationToken, Task<Caller?>> ById = EF.CompileAsyncQuery(
        (WebHosterDb db, Guid id, CancellationToken _) => db.Users.Where(u => u.Id == id && u.DisabledAt == null)
            .Select(u => new Caller(u.Id, u.UserName!, u.SecurityStamp, db.Admins.Any(a => a.UserId == u.Id), null, null))
            .SingleOrDefault());

    private static readonly Func<WebHosterDb, Guid, DateTimeOffset, CancellationToken, Task<Caller?>> BySession = EF.CompileAsyncQuery(
        (WebHosterDb db, Guid id, DateTimeOffset over, CancellationToken _) => db.Sessions.Where(s => s.Id == id && s.SeenAt > over)
            .Join(db.Users.Where(u => u.DisabledAt == null), s => s.UserId, u => u.Id, (s, u) => new Caller(
                u.Id, u.UserName!, u.SecurityStamp, db.Admins.Any(a => a.UserId == u.Id), null, new CallerSession(s.Id, s.SeenAt)))
            .SingleOrDefault());

    private static readonly Func<WebHosterDb, byte[], DateTimeOffset, CancellationToken, Task<Caller?>> ByHash = EF.CompileAsyncQuery(
        (WebHosterDb db, byte[] hash, DateTimeOffset now, CancellationToken _) => db.ApiTokens
            .Where(t => t.Hash == hash && (t.ExpiresAt == null || t.ExpiresAt > now))
            .Join(db.Users.Where(u => u.DisabledAt == null), t => t.OwnerId, u => u.Id, (t, u) => new Caller(
                u.Id, u.UserName!, u.SecurityStamp, db.Admins.Any(a => a.UserId == u.Id),
                new CallerToken(t.Id, t.Scopes, t.ExpiresAt, t.LastUsedAt), null))
            .SingleOrDefault());

    /// <summary>Null where the user is gone or disabled.</summary>
    public async Task<Caller?> FindAsync(Guid userId, CancellationToken ct)
    {
        await using var db = lookUps.CreateDbContext();
        return await ById(db, userId, ct);
    }

    /// <summary>Null where the session has ended, or its person is gone or disabled.</summary>
    public async Task<Caller?> FindBySessionAsync(Guid sessionId, CancellationToken ct)
    {
        await using var db = lookUps.CreateDbContext();
        return await BySession(db, sessionId, clock.GetUtcNow() - Session.Life, ct);
    }

    /// <summary>Null where no token has this hash, it has expired, or its owner is disabled.</summary>
    public async Task<Caller?> FindByTokenAsync(byte[] hash, CancellationToken ct)
    {
        await using var db = lookUps.CreateDbContext();
        return await ByHash(db, hash, clock.GetUtcNow(), ct);
    }
}
