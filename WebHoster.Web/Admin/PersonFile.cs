using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Admin;

/// <summary>A line of the audit log.</summary>
/// <param name="Actor">As they were called then; null for nobody.</param>
public sealed record AuditLine(long Id, DateTimeOffset At, string? Actor, string Action, string Subject, string Outcome, System.Net.IPAddress? Address);

/// <summary>What administrators see of one person. Of tokens and keys, only what the person calls them and how they are known.</summary>
public sealed record Person(
    AdminUserResource User, IReadOnlyList<Hosting> Hostings, IReadOnlyList<SshKey> Keys, IReadOnlyList<ApiToken> Tokens,
    IReadOnlyList<AuditLine> SignIns, IReadOnlyList<AuditLine> Audit);

/// <summary>Reads it.</summary>
public sealed class PersonFile(IDbContextFactory<WebHosterDb> factory)
{
    private const string SignIn = "account.sign_in";
    private const int Shown = 20;

    /// <summary>Null where there is no such person.</summary>
    public async Task<Person?> ReadAsync(Guid id, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        if (await UserList.Rows(db).SingleOrDefaultAsync(u => u.Id == id, ct) is not { } user)
            return null;
        var hostings = await db.Hostings.AsNoTracking().Where(h => h.OwnerId == id).OrderBy(h => h.Ordinal).ToListAsync(ct);
        // A username, and with it a hosting's name, may have been somebody else's before.
        var audit = db.Audit.Where(a => a.Action != SignIn && a.At >= user.CreatedAt);
        string[] names = [user.Username, .. hostings.Select(h => h.Slug)];
        var reason = user.Username + ":";
        // What was done by the person, and what others did to them and to their hostings: each has an index, their OR has none.
        IReadOnlyList<AuditLine>[] parts =
        [
            await LinesAsync(audit.Where(a => a.ActorId == id), ct),
            await LinesAsync(audit.Where(a => names.Contains(a.Subject)), ct),
            await LinesAsync(audit.Where(a => a.Action.StartsWith("acting.") && a.Subject.StartsWith(reason)), ct),
        ];
        return new Person(
            user, hostings,
            await db.SshKeys.AsNoTracking().Where(k => k.OwnerId == id).OrderBy(k => k.CreatedAt).ToListAsync(ct),
            await db.ApiTokens.AsNoTracking().Where(t => t.OwnerId == id).OrderByDescending(t => t.CreatedAt).ToListAsync(ct),
            Newest(
                await LinesAsync(db.Audit.Where(a => a.ActorId == id && a.Action == SignIn), ct),
                // Somebody with another password is nobody known.
                await LinesAsync(db.Audit.Where(a => a.ActorId == null && a.Action == SignIn && a.Subject == user.Username && a.At >= user.CreatedAt), ct)),
            Newest(parts));
    }

    private static IReadOnlyList<AuditLine> Newest(params IReadOnlyList<AuditLine>[] parts) =>
        [.. parts.SelectMany(p => p).DistinctBy(a => a.Id).OrderByDescending(a => a.Id).Take(Shown)];

    private static async Task<IReadOnlyList<AuditLine>> LinesAsync(IQueryable<AuditEntry> entries, CancellationToken ct) =>
        await entries.OrderByDescending(a => a.Id).Take(Shown).Select(a => new AuditLine(
            a.Id, a.At, a.ActorName, a.Action, a.Subject, a.Outcome, a.Address)).ToListAsync(ct);
}
