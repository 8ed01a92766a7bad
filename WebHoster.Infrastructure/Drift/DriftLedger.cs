using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Drift;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Drift;

/// <summary>What fsck found, in PostgreSQL: looks at the host, findings from first to last sight, and repairs. Every role reads it; only workers look.</summary>
public sealed class DriftLedger(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private const long RecordLock = 0x5748_4452_4946; // "WHDRIF"
    private static readonly TimeSpan RunsKept = TimeSpan.FromDays(8);
    private static readonly TimeSpan FindingsKept = TimeSpan.FromDays(90);
    private static readonly TimeSpan SameAgain = TimeSpan.FromHours(1);

    /// <summary>Asks for a look at the host now; one that nobody has begun yet is the same look.</summary>
    public async Task<DriftRun> RequestCheckAsync(Guid actor, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        if (await db.DriftRuns.AsNoTracking().FirstOrDefaultAsync(r => r.StartedAt == null, ct) is { } waiting)
            return waiting;
        var run = new DriftRun(clock.GetUtcNow(), actor);
        db.AddRange(run, new AuditEntry(clock.GetUtcNow(), actor, "drift.check", "host", "accepted", from));
        await db.SaveChangesAsync(ct);
        return run;
    }

    /// <summary>Asks for a finding's repair; one that is under way already is the same.</summary>
    /// <exception cref="NotFoundException">There is no such finding.</exception>
    /// <exception cref="ConflictException">It is over, or only a person can mend it.</exception>
    public async Task<DriftFinding> RequestRepairAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var finding = await db.DriftFindings.FromSql($"select * from drift_findings where id = {id} for update").SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such finding.");
        if (finding.EndedAt is not null)
            throw new ConflictException("It is over: the last look at the host did not see it any more.");
        if (!finding.Mendable)
            throw new ConflictException($"Only a person can decide this. {finding.Mend}");
        await AskAsync(db, [finding], actor, from, ct);
        await transaction.CommitAsync(ct);
        return finding;
    }

    /// <summary>Asks for the repair of all that can be.</summary>
    /// <returns>How many are being repaired now.</returns>
    public async Task<int> RequestRepairsAsync(Guid actor, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var findings = await db.DriftFindings.FromSql($"select * from drift_findings where ended_at is null and mendable order by id for update").ToListAsync(ct);
        await AskAsync(db, findings, actor, from, ct);
        await transaction.CommitAsync(ct);
        return findings.Count;
    }

    /// <summary>Takes in what a look saw: findings come, are seen again, or end.</summary>
    /// <param name="repaired">Findings that have been repaired just now, and who asked for it.</param>
    public async Task RecordAsync(DriftRun run, FsckReport report, IReadOnlyDictionary<Guid, Guid?> repaired, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({RecordLock})", ct);
        run.Finish(report.Differences.Count, report.Hostings, report.Pending, now);
        db.Update(run);
        await db.SaveChangesAsync(ct);
        var open = await db.DriftFindings.Where(f => f.EndedAt == null).ToListAsync(ct);
        foreach (var same in report.Differences.GroupBy(d => (d.Kind, Subject: DriftFinding.Cut(d.Subject))))
        {
            var finding = open.FirstOrDefault(f => (f.Kind, f.Subject) == same.Key);
            if (finding is null)
                db.Add(finding = new DriftFinding(same.Key.Kind, same.Key.Subject, Repairs.CanMend(same.Key.Kind), run.Id, now));
            open.Remove(finding);
            finding.See(string.Join(' ', same.Select(d => d.Words)), same.First().Mend, now);
        }
        foreach (var gone in open)
        {
            if (repaired.TryGetValue(gone.Id, out var by))
                gone.Repaired(by, now);
            else if (await db.DriftRepairs.Where(r => r.FindingId == gone.Id && r.Status == RepairStatus.Repaired)
                    .OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct) is { } repair)
                gone.Repaired(repair.AskedBy, now);
            else
                gone.End(now);
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Keeps the outcome of a repair that nobody asked for by the portal; what the same try said within the hour is not said again.</summary>
    public async Task NoteRepairAsync(Difference difference, string worker, RepairStatus status, string? words, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        if (await db.DriftFindings.FirstOrDefaultAsync(f => f.EndedAt == null && f.Kind == difference.Kind && f.Subject == DriftFinding.Cut(difference.Subject), ct) is not { } finding)
            return;
        var last = await db.DriftRepairs.Where(r => r.FindingId == finding.Id).OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct);
        if (last is { IsUnfinished: true } || (last?.Status == status && last.Words == words && last.AskedAt > now - SameAgain))
            return;
        var repair = new DriftRepair(finding.Id, null, null, now);
        repair.Start(worker, now);
        repair.Finish(status, words, now);
        db.AddRange(repair, Audit(repair, finding, now));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Removes what is too old to be looked up.</summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (runs, findings) = (now - RunsKept, now - FindingsKept);
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.DriftRuns.Where(r => r.FinishedAt < runs).ExecuteDeleteAsync(ct)
            + await db.DriftFindings.Where(f => f.EndedAt < findings).ExecuteDeleteAsync(ct);
    }

    internal static AuditEntry Audit(DriftRepair repair, DriftFinding finding, DateTimeOffset now) =>
        new(now, repair.AskedBy, "drift.repair", $"{finding.Kind} {finding.Subject}", repair.Status.Word(), repair.Address);

    private async Task AskAsync(WebHosterDb db, IReadOnlyList<DriftFinding> findings, Guid actor, IPAddress? from, CancellationToken ct)
    {
        var ids = findings.Select(f => f.Id).ToList();
        var underWay = await db.DriftRepairs.Where(r => ids.Contains(r.FindingId) && (r.Status == RepairStatus.Waiting || r.Status == RepairStatus.Running))
            .Select(r => r.FindingId).ToListAsync(ct);
        db.AddRange(ids.Except(underWay).Select(id => new DriftRepair(id, actor, from, clock.GetUtcNow())));
        await db.SaveChangesAsync(ct);
    }
}
