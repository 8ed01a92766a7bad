using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Acting;

/// <summary>For whom an administrator acts at this moment.</summary>
public sealed record ActingFor(Guid SessionId, Guid AdminId, Guid CustomerId, string Username, DateTimeOffset EndsAt);

/// <summary>
/// Acting for a customer: a row in PostgreSQL, which the administrator's cookie names. It ends by hand, by itself, or when either of
/// the two is no longer what they were; each start and end is in the audit log, and so is every change, under the administrator's name.
/// </summary>
public sealed class ActingSessions(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    public const int MaxReasonLength = 200;

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <param name="reason">Goes into the audit log.</param>
    /// <exception cref="NotFoundException">There is no such user.</exception>
    /// <exception cref="ConflictException">It is an administrator.</exception>
    /// <exception cref="ForbiddenException">Who asks is none.</exception>
    /// <exception cref="InvalidInputException">The reason is too long.</exception>
    public async Task<ActingSession> StartAsync(Guid admin, Guid customer, string? reason, IPAddress? from, CancellationToken ct)
    {
        var why = reason?.Trim() ?? "";
        if (why.Length > MaxReasonLength || why.Any(char.IsControl))
            throw new InvalidInputException("reason", $"A reason is one line of up to {MaxReasonLength} characters.");
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // As for every change of who is an administrator: what holds here stays so until this is committed.
        await db.Database.ExecuteSqlAsync($"select from roles where name = {Roles.Admin} for share", ct);
        if (!await db.Admins.AnyAsync(a => a.UserId == admin, ct))
            throw new ForbiddenException("Only administrators may do this.");
        var person = await db.Users.SingleOrDefaultAsync(u => u.Id == customer, ct) ?? throw new NotFoundException("There is no such user.");
        if (await db.Admins.AnyAsync(a => a.UserId == customer, ct))
            throw new ConflictException("Nobody acts for an administrator.");
        var now = clock.GetUtcNow();
        foreach (var before in await db.ActingSessions.Where(s => s.AdminId == admin && s.EndedAt == null).ToListAsync(ct))
        {
            before.EndedAt = now;
            db.Add(await AuditAsync(db, before, "acting.end", "replaced", null, from, ct));
        }
        var session = new ActingSession(Guid.CreateVersion7(now), admin, person.Id, now, now + Longest);
        db.AddRange(session, await AuditAsync(db, session, "acting.start", "succeeded", why, from, ct));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return session;
    }

    /// <summary>Null where it has ended, or one of the two is no longer what they were.</summary>
    public async Task<ActingFor?> FindAsync(Guid id, Guid admin, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        return await db.ActingSessions.Where(s => s.Id == id && s.AdminId == admin && s.EndedAt == null && s.EndsAt > now)
            .Where(s => db.Admins.Any(a => a.UserId == admin) && !db.Admins.Any(a => a.UserId == s.CustomerId)
                && db.Users.Any(u => u.Id == admin && u.DisabledAt == null))
            .Join(db.Users, s => s.CustomerId, u => u.Id, (s, u) => new ActingFor(s.Id, s.AdminId, u.Id, u.UserName!, s.EndsAt))
            .SingleOrDefaultAsync(ct);
    }

    /// <returns>For whom it was; null where it had ended already.</returns>
    public async Task<Guid?> EndAsync(Guid id, Guid admin, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var session = await db.ActingSessions
            .FromSql($"select * from acting_sessions where id = {id} and admin_id = {admin} and ended_at is null for update").SingleOrDefaultAsync(ct);
        if (session is null)
            return null;
        session.EndedAt = clock.GetUtcNow();
        db.Add(await AuditAsync(db, session, "acting.end", "succeeded", null, from, ct));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return session.CustomerId;
    }

    /// <summary>Takes note of those whose time is up.</summary>
    public async Task ExpireAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var now = clock.GetUtcNow();
        // Several processes do this: each row is one's.
        var over = await db.ActingSessions.FromSql(
            $"select * from acting_sessions where ended_at is null and ends_at <= {now} for update skip locked").ToListAsync(ct);
        foreach (var session in over)
        {
            session.EndedAt = session.EndsAt;
            db.Add(await AuditAsync(db, session, "acting.end", "expired", null, null, ct));
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<AuditEntry> AuditAsync(
        WebHosterDb db, ActingSession session, string action, string outcome, string? reason, IPAddress? from, CancellationToken ct)
    {
        var name = await db.Users.Where(u => u.Id == session.CustomerId).Select(u => u.UserName).SingleAsync(ct);
        return new AuditEntry(clock.GetUtcNow(), session.AdminId, action, string.IsNullOrEmpty(reason) ? name! : $"{name}: {reason}", outcome, from);
    }
}
