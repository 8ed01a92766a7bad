using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>Everything that is kept about one person, but for secrets and for what is inside their machines.</summary>
public sealed record PersonalRecord(
    PersonalAccount Account, IReadOnlyList<PersonalSession> Sessions, IReadOnlyList<PersonalThing> Passkeys, IReadOnlyList<PersonalKey> SshKeys,
    IReadOnlyList<PersonalToken> ApiTokens, IReadOnlyList<PersonalHosting> Hostings, IReadOnlyList<PersonalOperation> Operations,
    IReadOnlyList<PersonalAct> AuditLog);

public sealed record PersonalAccount(
    Guid Id, string Username, string Email, bool EmailConfirmed, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt, string Plan, bool IsAdministrator, bool HasAuthenticatorApp);

public sealed record PersonalSession(SignInMethod Method, string Browser, string? Address, DateTimeOffset CreatedAt, DateTimeOffset SeenAt);

public sealed record PersonalThing(string Name, DateTimeOffset CreatedAt);

public sealed record PersonalKey(string Name, string Fingerprint, string PublicKey, DateTimeOffset CreatedAt);

public sealed record PersonalToken(string Name, IReadOnlyList<TokenScope> Scopes, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

public sealed record PersonalHosting(Guid Id, string Slug, string Status, int MemoryMb, int Vcpus, int DiskGb, DateTimeOffset CreatedAt);

public sealed record PersonalOperation(
    Guid Id, OperationKind Kind, OperationStatus Status, string Slug, string? PublicKey, string? Error, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

/// <param name="Address">Null where somebody else did it: theirs is not the person's to know.</param>
public sealed record PersonalAct(DateTimeOffset At, string Action, string Subject, string Outcome, string? Address);

/// <summary>Reads <see cref="PersonalRecord"/>.</summary>
public sealed class PersonalData(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    /// <summary>For the person to take along, which is audited.</summary>
    /// <exception cref="NotFoundException">There is no such user.</exception>
    public async Task<PersonalRecord> TakeOutAsync(Guid userId, IPAddress? from, CancellationToken ct)
    {
        var record = await ReadAsync(userId, ct);
        await using var db = await factory.CreateDbContextAsync(ct);
        db.Add(new AuditEntry(clock.GetUtcNow(), userId, "account.download_data", record.Account.Username, "succeeded", from));
        await db.SaveChangesAsync(ct);
        return record;
    }

    /// <exception cref="NotFoundException">There is no such user.</exception>
    public async Task<PersonalRecord> ReadAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var account = await db.Users.Where(u => u.Id == userId).Select(u => new PersonalAccount(
                u.Id, u.UserName!, u.Email!, u.EmailConfirmed, u.CreatedAt, u.LastSignInAt, u.PlanName, db.Admins.Any(a => a.UserId == u.Id), u.TotpSecret != null))
            .SingleOrDefaultAsync(ct) ?? throw new NotFoundException("There is no such user.");
        var sessions = await db.Sessions.AsNoTracking().Where(s => s.UserId == userId).OrderBy(s => s.CreatedAt).ToListAsync(ct);
        var passkeys = await db.UserPasskeys.AsNoTracking().Where(p => p.UserId == userId).ToListAsync(ct);
        var keys = await db.SshKeys.AsNoTracking().Where(k => k.OwnerId == userId).OrderBy(k => k.CreatedAt).ToListAsync(ct);
        var tokens = await db.ApiTokens.AsNoTracking().Where(t => t.OwnerId == userId).OrderBy(t => t.CreatedAt).ToListAsync(ct);
        var hostings = await db.Hostings.AsNoTracking().Where(h => h.OwnerId == userId).OrderBy(h => h.Ordinal).ToListAsync(ct);
        var operations = await db.Operations.AsNoTracking().IgnoreAutoIncludes().Where(o => o.OwnerId == userId).OrderBy(o => o.CreatedAt).ToListAsync(ct);
        var acts = await ActsAsync(db, account, hostings, ct);
        return new PersonalRecord(
            account,
            [.. sessions.Select(s => new PersonalSession(s.Method, s.Browser, s.Address?.ToString(), s.CreatedAt, s.SeenAt))],
            [.. passkeys.Select(p => new PersonalThing(p.Data.Name ?? "", p.Data.CreatedAt))],
            [.. keys.Select(k => new PersonalKey(k.Name, k.Fingerprint, k.Line, k.CreatedAt))],
            [.. tokens.Select(t => new PersonalToken(t.Name, t.Scopes, t.Hint, t.CreatedAt, t.ExpiresAt, t.LastUsedAt))],
            [.. hostings.Select(h => new PersonalHosting(h.Id, h.Slug, h.Status.Word(), h.MemoryMb, h.Vcpus, h.DiskGb, h.CreatedAt))],
            [.. operations.Select(o => new PersonalOperation(o.Id, o.Kind, o.Status, o.Slug, o.PublicKey, o.Error, o.CreatedAt, o.FinishedAt))],
            [.. acts.Select(e => new PersonalAct(e.At, e.Action, e.Subject, e.Outcome, e.ActorId == userId ? e.Address?.ToString() : null))]);
    }

    /// <summary>What the person did, and what was done to their account and hostings.</summary>
    private static async Task<IEnumerable<AuditEntry>> ActsAsync(WebHosterDb db, PersonalAccount account, IEnumerable<Hosting> hostings, CancellationToken ct)
    {
        var (own, acting) = (db.Audit.AsNoTracking().Where(e => e.ActorId == account.Id), account.Username + ":");
        // The name may have been somebody else's before.
        var others = db.Audit.AsNoTracking().Where(e => e.ActorId != account.Id && e.At >= account.CreatedAt);
        var acts = await own.ToListAsync(ct);
        foreach (var hosting in hostings.Where(h => h.Slug != account.Username))
            acts.AddRange(await others.Where(e => e.Subject == hosting.Slug && e.At >= hosting.CreatedAt).ToListAsync(ct));
        return acts
            .Concat(await others.Where(e => e.Subject == account.Username).ToListAsync(ct))
            .Concat(await others.Where(e => e.Action.StartsWith("acting.") && e.Subject.StartsWith(acting)).ToListAsync(ct))
            .OrderBy(e => e.Id);
    }
}
