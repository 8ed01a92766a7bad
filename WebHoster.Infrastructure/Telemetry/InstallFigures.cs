using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>
/// What is true of the whole install, from PostgreSQL: any web process answers the same. Counters are counted from the operations' own
/// rows, so that no restart and no killed worker loses any; for that the history is read once in ten seconds, however many ask.
/// </summary>
public sealed class InstallFigures(IDbContextFactory<WebHosterDb> factory, CapacityReport capacity, WorkerReports workers, TimeProvider clock)
{
    // width_bucket counts a value that equals a bound one up: of seconds that is no matter.
    private const string Ended =
        """
        select r.a as "First", r.b as "Second", width_bucket(r.seconds, {{0}}) as "Bucket", count(*) as "Count", sum(r.seconds) as "Seconds"
        from ({0}) as r(a, b, seconds) group by 1, 2, 3
        """;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _one = new(1);
    private (long At, IReadOnlyList<MetricFamily> Families)? _last;

    public async Task<IReadOnlyList<MetricFamily>> ReadAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_last is not { } last || clock.GetElapsedTime(last.At) >= Fresh)
                _last = last = (clock.GetTimestamp(), await CountAsync(ct));
            return last.Families;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<IReadOnlyList<MetricFamily>> CountAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var operations = await EndedAsync(db, Catalog.OperationSeconds,
            """
            select kind, status, extract(epoch from finished_at - created_at)::float8 from operations where finished_at is not null
            """, ct);
        var steps = await EndedAsync(db, Catalog.StepSeconds,
            """
            select name, status, extract(epoch from finished_at - started_at)::float8 from operation_steps where finished_at is not null and started_at is not null
            """, ct);
        var full = await capacity.ReadAsync(ct);
        return
        [
            CountsOf(Catalog.Operations, operations), operations, CountsOf(Catalog.Steps, steps), steps,
            .. await UnfinishedAsync(db, ct),
            new MetricFamily(Catalog.Hostings, await GroupAsync(db,
                "select status as \"First\", health as \"Second\", count(*)::float8 as \"Value\" from hostings group by 1, 2", ct)),
            MetricFamily.Of(Catalog.Users, await db.Users.CountAsync(ct)),
            new MetricFamily(Catalog.Slots,
            [
                new Series(["held"], full.Slots.Held), new Series(["resting"], full.Slots.Resting),
                new Series(["unusable"], full.Slots.Unusable), new Series(["free"], full.Slots.Free),
            ]),
            MetricFamily.Of(Catalog.ReservedMemory, full.Reserved.MemoryMb * 1048576.0),
            MetricFamily.Of(Catalog.ReservedCpus, full.Reserved.Vcpus),
            MetricFamily.Of(Catalog.ReservedDisk, full.Reserved.DiskGb * 1073741824.0),
            .. await workers.ReadAsync(ct),
        ];
    }

    /// <summary>How many ended within each bucket of time, and how long all took together. One pass over the rows.</summary>
    private static async Task<MetricFamily> EndedAsync(WebHosterDb db, Metric metric, string rows, CancellationToken ct)
    {
        var counted = await db.Database.SqlQueryRaw<EndedRow>(string.Format(CultureInfo.InvariantCulture, Ended, rows), metric.Bounds).ToListAsync(ct);
        return new MetricFamily(metric, [.. counted.GroupBy(r => (r.First, r.Second)).OrderBy(g => g.Key).Select(g =>
        {
            var buckets = new long[metric.Bounds.Length + 1];
            foreach (var row in g)
                buckets[row.Bucket] += row.Count;
            return new Series([g.Key.First, g.Key.Second], g.Sum(r => r.Seconds), buckets);
        })]);
    }

    private static MetricFamily CountsOf(Metric metric, MetricFamily durations) =>
        new(metric, [.. durations.Series.Select(s => new Series(s.Labels, s.Buckets!.Sum()))]);

    private async Task<IReadOnlyList<MetricFamily>> UnfinishedAsync(WebHosterDb db, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var unfinished = await db.Operations.Where(o => o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)
            .GroupBy(o => new { o.Kind, o.Status }).Select(g => new { g.Key.Kind, g.Key.Status, Count = g.Count(), Oldest = g.Min(o => o.CreatedAt) })
            .ToListAsync(ct);
        var queued = unfinished.Where(g => g.Status == OperationStatus.Queued).ToList();
        return
        [
            new MetricFamily(Catalog.Unfinished, [.. unfinished.Select(g => new Series([Core.Words.Word(g.Kind), Core.Words.Word(g.Status)], g.Count))]),
            MetricFamily.Of(Catalog.QueueDepth, queued.Sum(g => g.Count)),
            MetricFamily.Of(Catalog.QueueAge, queued.Count == 0 ? 0 : Math.Max(0, (now - queued.Min(g => g.Oldest)).TotalSeconds)),
            MetricFamily.Of(Catalog.OldestUnfinished, unfinished.Count == 0 ? 0 : Math.Max(0, (now - unfinished.Min(g => g.Oldest)).TotalSeconds)),
        ];
    }

    private static async Task<IReadOnlyList<Series>> GroupAsync(WebHosterDb db, string sql, CancellationToken ct) =>
        [.. (await db.Database.SqlQueryRaw<GroupRow>(sql).ToListAsync(ct)).Select(r => new Series([r.First, r.Second], r.Value))];

    private sealed record EndedRow(string First, string Second, int Bucket, long Count, double Seconds);

    private sealed record GroupRow(string First, string Second, double Value);
}
