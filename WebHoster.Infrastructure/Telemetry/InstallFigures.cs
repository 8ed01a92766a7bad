using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>
/// What is true of the whole install, from PostgreSQL: any web process answers the same. Counters are counted from the operations' own
/// rows, so that no restart and no killed worker loses any (<see cref="EndedWork"/>), once in ten seconds at the most, however many ask.
/// </summary>
public sealed class InstallFigures(IDbContextFactory<WebHosterDb> factory, CapacityReport capacity, WorkerReports workers, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly EndedWork _operations = new(Catalog.OperationSeconds, "kind", "created_at", "operations");
    private readonly EndedWork _steps = new(Catalog.StepSeconds, "name", "started_at", "operation_steps");
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
        var operations = await _operations.ReadAsync(db, clock.GetUtcNow(), ct);
        var steps = await _steps.ReadAsync(db, clock.GetUtcNow(), ct);
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

    private sealed record GroupRow(string First, string Second, double Value);
}
