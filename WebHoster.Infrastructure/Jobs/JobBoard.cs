using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Metrics;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>How many operations there are in each state. One that is put off counts as scheduled alone.</summary>
public sealed record JobCounts(long Queued, long Running, long Scheduled, long Succeeded, long Failed, long Cancelled);

/// <summary>How much ended during one step.</summary>
/// <param name="At">Where the step begins.</param>
public sealed record ThroughputPoint(DateTimeOffset At, long OperationsSucceeded, long OperationsFailed, long JobsSucceeded, long JobsFailed);

/// <summary>How much ended over a time; every step is there.</summary>
public sealed record Throughput(MetricRange Range, DateTimeOffset From, DateTimeOffset To, TimeSpan Step, IReadOnlyList<ThroughputPoint> Points);

/// <summary>The numbers of the jobs' dashboard, counted when they are asked for.</summary>
public sealed class JobBoard(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    /// <summary>Operations that wait for their next try.</summary>
    public static IQueryable<Operation> PutOff(WebHosterDb db) => Unfinished(db).Where(
        o => db.Hostings.Any(h => h.Id == o.HostingId && h.NextAttemptAt > DateTimeOffset.UtcNow));

    /// <summary>Operations in this state that are not put off.</summary>
    public static IQueryable<Operation> In(WebHosterDb db, OperationStatus status) => status is OperationStatus.Queued or OperationStatus.Running
        ? db.Operations.Where(o => o.Status == status && !db.Hostings.Any(h => h.Id == o.HostingId && h.NextAttemptAt > DateTimeOffset.UtcNow))
        : db.Operations.Where(o => o.Status == status);

    public async Task<JobCounts> CountAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var ended = await db.Operations.GroupBy(o => o.Status).Select(g => new { g.Key, Count = g.LongCount() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var putOff = await PutOff(db).GroupBy(o => o.Status).Select(g => new { g.Key, Count = g.LongCount() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        long Of(OperationStatus status) => ended.GetValueOrDefault(status) - putOff.GetValueOrDefault(status);
        return new JobCounts(
            Of(OperationStatus.Queued), Of(OperationStatus.Running), putOff.Values.Sum(),
            Of(OperationStatus.Succeeded), Of(OperationStatus.Failed), Of(OperationStatus.Cancelled));
    }

    public async Task<Throughput> ReadThroughputAsync(MetricRange range, CancellationToken ct)
    {
        var (length, step) = range switch
        {
            MetricRange.Hour => (TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)),
            MetricRange.Day => (TimeSpan.FromDays(1), TimeSpan.FromMinutes(15)),
            _ => (TimeSpan.FromDays(7), TimeSpan.FromHours(1)),
        };
        var now = clock.GetUtcNow();
        var last = new DateTimeOffset(now.Ticks - now.Ticks % step.Ticks, TimeSpan.Zero);
        var from = last - length + step;
        await using var db = await factory.CreateDbContextAsync(ct);
        var counted = await db.Database.SqlQuery<StepRow>(
            $"""
             select at as "At", count(*) filter (where job = 0 and good) as "OperationsSucceeded", count(*) filter (where job = 0 and not good) as "OperationsFailed",
                 count(*) filter (where job = 1 and good) as "JobsSucceeded", count(*) filter (where job = 1 and not good) as "JobsFailed"
             from (
                 select date_bin({step}, finished_at, 'epoch') as at, 0 as job, status = 'succeeded' as good from operations
                 where finished_at >= {from} and status in ('succeeded', 'failed')
                 union all
                 select date_bin({step}, finished_at, 'epoch'), 1, outcome = 'succeeded' from job_runs where finished_at >= {from}) ended
             group by at
             """).ToDictionaryAsync(r => r.At, ct);
        var points = Enumerable.Range(0, (int)(length / step)).Select(i => from + i * step)
            .Select(at => counted.TryGetValue(at, out var row)
                ? new ThroughputPoint(at, row.OperationsSucceeded, row.OperationsFailed, row.JobsSucceeded, row.JobsFailed) : new ThroughputPoint(at, 0, 0, 0, 0));
        return new Throughput(range, from, last + step, step, [.. points]);
    }

    private static IQueryable<Operation> Unfinished(WebHosterDb db) =>
        db.Operations.Where(o => o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running);

    private sealed record StepRow(DateTimeOffset At, long OperationsSucceeded, long OperationsFailed, long JobsSucceeded, long JobsFailed);
}
