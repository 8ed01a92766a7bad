using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>Workers write their figures into PostgreSQL, web processes read them from there.</summary>
public sealed class WorkerReports(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(30);

    /// <summary>What a worker that is gone counted last is shown for so long: whoever scrapes once a minute sees it.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    public async Task WriteAsync(string worker, IEnumerable<MetricFamily> families, CancellationToken ct)
    {
        var figures = JsonSerializer.Serialize(families.Where(f => f.Series.Count > 0).ToDictionary(f => f.Metric.Name, f => f.Series));
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"""
             insert into worker_reports (worker, at, figures) values ({worker}, {now}, {figures}::jsonb)
             on conflict (worker) do update set at = excluded.at, figures = excluded.figures
             """, ct);
        await db.WorkerReports.Where(r => r.At < now - Remembered).ExecuteDeleteAsync(ct);
    }

    /// <summary>Every worker's figures, with one more label that names it.</summary>
    public async Task<IReadOnlyList<MetricFamily>> ReadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        var reports = await db.WorkerReports.AsNoTracking().Where(r => r.At >= now - Remembered).OrderBy(r => r.Worker).ToListAsync(ct);
        return
        [
            MetricFamily.Of(Catalog.Workers, reports.Count(r => r.At >= now - Alive)),
            new MetricFamily(Catalog.WorkerSeen, [.. reports.Select(r => new Series([r.Worker], r.At.ToUnixTimeMilliseconds() / 1000.0))]),
            .. reports.SelectMany(FamiliesOf),
        ];
    }

    // A metric that this version does not know was another version's.
    private static IEnumerable<MetricFamily> FamiliesOf(WorkerReport report) =>
        from family in JsonSerializer.Deserialize<Dictionary<string, Series[]>>(report.Figures)!
        let metric = Catalog.Find(family.Key)
        where metric is not null && family.Value.All(s => s.Labels.Length == metric.Labels.Length
            && (metric.Type != MetricType.Histogram || s.Buckets?.Length == metric.Bounds.Length + 1))
        select new MetricFamily(
            metric with { Labels = [.. metric.Labels, "worker"] },
            [.. family.Value.Select(s => s with { Labels = [.. s.Labels, report.Worker] })]);
}
