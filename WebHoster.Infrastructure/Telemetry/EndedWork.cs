using Microsoft.EntityFrameworkCore;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>
/// How many rows have ended, by name and outcome, and within which bucket of time. What ended some minutes ago changes no more: it is counted once and
/// remembered, so that only the first reading looks at the whole history.
/// </summary>
/// <param name="metric">With the buckets' bounds.</param>
/// <param name="name">The column that says what ended.</param>
/// <param name="begin">The column that says since when.</param>
internal sealed class EndedWork(Metric metric, string name, string begin, string table)
{
    /// <summary>By then every transaction is over, and workers' clocks differ by less.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(string, string), (long[] Buckets, double Seconds)> _settled = [];
    private DateTimeOffset _settledTo = DateTimeOffset.UnixEpoch;

    // Names of ours, and placeholders. width_bucket counts a value that equals a bound one up: of seconds that is no matter.
    private readonly string _sql =
        $$"""
        select {{name}} as "First", status as "Second", width_bucket(seconds, {0}) as "Bucket", count(*) as "Count", sum(seconds) as "Seconds"
        from (select {{name}}, status, extract(epoch from finished_at - {{begin}})::float8 as seconds from {{table}}
              where finished_at > {1} and finished_at <= {2} and {{begin}} is not null) as ended
        group by 1, 2, 3
        """;

    /// <summary>Not by two at once.</summary>
    public async Task<MetricFamily> ReadAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        if (now - _settledTo > 2 * Settling)
        {
            var until = now - Settling;
            Add(_settled, await CountAsync(db, _settledTo, until, ct));
            _settledTo = until;
        }
        var all = _settled.ToDictionary(e => e.Key, e => ((long[])e.Value.Buckets.Clone(), e.Value.Seconds));
        Add(all, await CountAsync(db, _settledTo, DateTimeOffset.MaxValue, ct));
        return new MetricFamily(metric, [.. all.OrderBy(e => e.Key).Select(e => new Series([e.Key.Item1, e.Key.Item2], e.Value.Item2, e.Value.Item1))]);
    }

    private Task<List<EndedRow>> CountAsync(WebHosterDb db, DateTimeOffset after, DateTimeOffset until, CancellationToken ct) =>
        db.Database.SqlQueryRaw<EndedRow>(_sql, metric.Bounds, after, until).ToListAsync(ct);

    private void Add(Dictionary<(string, string), (long[] Buckets, double Seconds)> to, List<EndedRow> rows)
    {
        foreach (var row in rows)
        {
            var (buckets, seconds) = to.GetValueOrDefault((row.First, row.Second), (new long[metric.Bounds.Length + 1], 0));
            buckets[row.Bucket] += row.Count;
            to[(row.First, row.Second)] = (buckets, seconds + row.Seconds);
        }
    }

    private sealed record EndedRow(string First, string Second, int Bucket, long Count, double Seconds);
}
