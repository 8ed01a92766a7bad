using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Drift;

/// <summary>
/// Removes what nobody owns, carefully: only what two sweeps in a row have seen, only a few things a sweep, and nothing where
/// the database is not this host's (fsck then refuses to look).
/// </summary>
public sealed class Sweeper(Fsck fsck, Repairs repairs, TimeProvider clock, ILogger<Sweeper> logger)
{
    private const int MostPerSweep = 5;

    private static readonly HashSet<string> Kinds =
    [
        "machine-unowned", "folder-unowned", "lock-unowned", "dhcp-unowned", "dhcp-missing", "dhcp-wrong", "slot-leaked", "slot-lost",
        "seed-missing", "file-owner", "filter-missing", "machine-missing",
    ];

    private HashSet<(string, string)> _seenBefore = [];

    public async Task SweepAsync(CancellationToken ct)
    {
        var report = await fsck.RunAsync(ct);
        Note(report);
        var twice = report.Differences.Where(d => Kinds.Contains(d.Kind) && _seenBefore.Contains((d.Kind, d.Subject))).ToList();
        _seenBefore = [.. report.Differences.Select(d => (d.Kind, d.Subject))];
        if (twice.Count > MostPerSweep)
            logger.LogWarning("{Count} things to mend; {Most} this time", twice.Count, MostPerSweep);
        // In no order: what cannot be mended must not keep its turn for ever.
        foreach (var difference in twice.OrderBy(_ => Random.Shared.Next()).Take(MostPerSweep))
        {
            logger.LogWarning("{Kind} of {Subject}: {Words}", difference.Kind, difference.Subject, difference.Words);
            await repairs.MendAsync(difference, ct);
        }
    }

    private void Note(FsckReport report)
    {
        Tallies.Drift.Replace(report.Differences.GroupBy(d => d.Kind).Select(g => new Series([g.Key], g.Count())));
        Tallies.DriftChecked.Set(clock.GetUtcNow().ToUnixTimeSeconds());
    }
}
