using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Drift;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Realtime;

namespace WebHoster.Infrastructure.Drift;

/// <summary>
/// The worker's side of the drift page: looks and repairs that administrators asked for, taken from their rows. A repair that a worker had in
/// hand when it went is taken up by the next: each looks first whether the difference is still there.
/// </summary>
public sealed class DriftDesk(
    DriftCheck check, Repairs repairs, WorkerIdentity worker, IDbContextFactory<WebHosterDb> factory, TimeProvider clock, ChangeFeed feed,
    ILogger<DriftDesk> logger)
    : BellClockwork(feed, "drift", TimeSpan.FromSeconds(10), "Drift was not looked after", logger)
{
    protected override async Task RoundAsync(CancellationToken ct)
    {
        if (await ClaimRepairsAsync(ct) is { Count: > 0 } asked)
        {
            using var turn = await check.EnterAsync(ct);
            await RepairAsync(asked, ct);
        }
        if (await FindAskedRunAsync(ct) is { } run)
        {
            using var turn = await check.EnterAsync(ct);
            await check.RunAsync(run, ct);
        }
    }

    /// <summary>Rounds come one after the other: what this worker seems to have in hand was left by a round that broke off.</summary>
    private async Task<List<DriftRepair>> ClaimRepairsAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.DriftRepairs.FromSql(
            $"""
             update drift_repairs set status = 'running', worker = {worker.Name}, started_at = now()
             where id in (
                 select id from drift_repairs r where status = 'waiting' or (status = 'running' and (worker = {worker.Name}
                     or not exists (select from workers w where w.name = r.worker and w.stopped_at is null and w.gone_at is null)))
                 for update skip locked)
             returning *
             """).AsNoTracking().ToListAsync(ct);
    }

    private async Task RepairAsync(List<DriftRepair> asked, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var ids = asked.Select(r => r.FindingId).ToList();
        var findings = await db.DriftFindings.AsNoTracking().Where(f => ids.Contains(f.Id)).ToDictionaryAsync(f => f.Id, ct);
        var outcomes = new Dictionary<DriftRepair, (RepairStatus Status, string? Words)>();
        try
        {
            var before = await check.RunAsync(null, ct);
            foreach (var repair in asked)
                outcomes[repair] = await MendAsync(before, findings[repair.FindingId], ct);
            if (outcomes.Where(o => o.Value.Status == RepairStatus.Repaired).Select(o => o.Key).ToList() is { Count: > 0 } repaired)
            {
                var after = await check.RunAsync(null, ct, repaired.ToDictionary(r => r.FindingId, r => r.AskedBy));
                foreach (var repair in repaired)
                {
                    if (Find(after, findings[repair.FindingId]) is { } still)
                        outcomes[repair] = (RepairStatus.Failed, $"It still differs. {still.Words}");
                }
            }
        }
        catch (HostException e)
        {
            foreach (var repair in asked.Where(r => !outcomes.ContainsKey(r)))
                outcomes[repair] = (RepairStatus.Failed, e.Message);
        }
        await FinishAsync(outcomes, findings, ct);
    }

    private async Task<(RepairStatus, string?)> MendAsync(FsckReport report, DriftFinding finding, CancellationToken ct) =>
        Find(report, finding) is { } difference ? await repairs.TryMendAsync(difference, ct) : (RepairStatus.Left, "It had passed by itself.");

    private async Task FinishAsync(
        Dictionary<DriftRepair, (RepairStatus Status, string? Words)> outcomes, Dictionary<Guid, DriftFinding> findings, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        foreach (var (repair, (status, words)) in outcomes)
        {
            repair.Finish(status, words, now);
            db.Update(repair);
            db.Add(DriftLedger.Audit(repair, findings[repair.FindingId], now));
        }
        await db.SaveChangesAsync(ct);
    }

    private async Task<DriftRun?> FindAskedRunAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.DriftRuns.FromSql(
            $"""
             update drift_runs set worker = {worker.Name}, started_at = now()
             where id = (select id from drift_runs r where finished_at is null and (started_at is null or worker = {worker.Name}
                 or not exists (select from workers w where w.name = r.worker and w.stopped_at is null and w.gone_at is null))
                 order by id limit 1 for update skip locked)
             returning *
             """).AsNoTracking().ToListAsync(ct) is [var run] ? run : null;
    }

    private static Difference? Find(FsckReport report, DriftFinding finding) =>
        report.Differences.FirstOrDefault(d => d.Kind == finding.Kind && d.Subject == finding.Subject);
}
