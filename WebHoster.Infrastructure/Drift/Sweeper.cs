using Microsoft.Extensions.Logging;
using WebHoster.Core.Drift;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Drift;

/// <summary>
/// Removes what nobody owns, carefully: only what two sweeps in a row have seen, only a few things a sweep, and nothing where
/// the database is not this host's (fsck then refuses to look). What it sees and does is kept.
/// </summary>
public sealed class Sweeper(DriftCheck check, Repairs repairs, DriftLedger ledger, WorkerIdentity worker, TimeProvider clock, ILogger<Sweeper> logger)
{
    private const int MostPerSweep = 5;

    private static readonly HashSet<string> Kinds =
    [
        "machine-unowned", "folder-unowned", "lock-unowned", "dhcp-unowned", "dhcp-missing", "dhcp-wrong", "slot-leaked", "slot-lost",
        "seed-missing", "file-owner", "filter-missing", "machine-missing",
    ];

    private HashSet<(string, string)> _seenBefore = [];

    /// <returns>How many differences there are, and how many of them were repaired.</returns>
    public async Task<(int Differences, int Repaired)> SweepAsync(CancellationToken ct)
    {
        using var turn = await check.EnterAsync(ct);
        var report = await check.RunAsync(null, ct);
        Note(report);
        var twice = report.Differences.Where(d => Kinds.Contains(d.Kind) && _seenBefore.Contains((d.Kind, d.Subject))).ToList();
        _seenBefore = [.. report.Differences.Select(d => (d.Kind, d.Subject))];
        if (twice.Count > MostPerSweep)
            logger.LogWarning("{Count} things to mend; {Most} this time", twice.Count, MostPerSweep);
        var repaired = 0;
        // In no order: what cannot be mended must not keep its turn for ever.
        foreach (var difference in twice.OrderBy(_ => Random.Shared.Next()).Take(MostPerSweep))
        {
            logger.LogWarning("{Kind} of {Subject}: {Words}", difference.Kind, difference.Subject, difference.Words);
            var (status, words) = await repairs.TryMendAsync(difference, ct);
            await ledger.NoteRepairAsync(difference, worker.Name, status, words, ct);
            repaired += status == RepairStatus.Repaired ? 1 : 0;
        }
        return (report.Differences.Count, repaired);
    }

    private void Note(FsckReport report)
    {
        Tallies.Drift.Replace(report.Differences.GroupBy(d => d.Kind).Select(g => new Series([g.Key], g.Count())));
        Tallies.DriftChecked.Set(clock.GetUtcNow().ToUnixTimeSeconds());
    }
}
