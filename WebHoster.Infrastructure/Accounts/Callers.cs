using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>Somebody whose token counts at this moment.</summary>
/// <param name="Stamp">Identity's security stamp: whatever ends sessions changes it.</param>
/// <param name="Token">Null where they signed in by password.</param>
public sealed record Caller(Guid UserId, string Name, string? Stamp, bool IsAdmin, CallerToken? Token = null);

/// <summary>The API token that a caller shows.</summary>
public sealed record CallerToken(Guid Id, IReadOnlyList<TokenScope> Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>Who calls: one look-up per request, so that a disabled person and a deleted token are out at once.</summary>
public sealed class Callers(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    /// <summary>Null where the user is gone or disabled.</summary>
    public async Task<Caller?> FindAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Users.Where(u => u.Id == userId && u.DisabledAt == null)
            .Select(u => new Caller(u.Id, u.UserName!, u.SecurityStamp, db.Admins.Any(a => a.UserId == u.Id), null))
            .SingleOrDefaultAsync(ct);
    }

    /// <summary>Null where no token has this hash, it has expired, or its owner is disabled.</summary>
    public async Task<Caller?> FindByTokenAsync(byte[] hash, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.ApiTokens.Where(t => t.Hash == hash && (t.ExpiresAt == null || t.ExpiresAt > now))
            .Join(db.Users.Where(u => u.DisabledAt == null), t => t.OwnerId, u => u.Id, (t, u) => new Caller(
                u.Id, u.UserName!, u.SecurityStamp, db.Admins.Any(a => a.UserId == u.Id),
                new CallerToken(t.Id, t.Scopes, t.ExpiresAt, t.LastUsedAt)))
            .SingleOrDefaultAsync(ct);
    }
}
