namespace WebHoster.Web.Metrics;

/// <summary>A chart in a few rows, for those who read it instead of seeing it.</summary>
/// <param name="Values">The average of each series; null where it has none in this time.</param>
public sealed record ChartRow(DateTimeOffset At, IReadOnlyList<double?> Values)
{
    public const int Most = 12;

    /// <summary>Averages over equal parts of the frame's time, newest first; parts in which nothing is known are left out.</summary>
    public static IReadOnlyList<ChartRow> Of(ChartFrame frame, IReadOnlyList<ChartSeries> series)
    {
        var length = (frame.To - frame.From) / Most;
        return [.. Enumerable.Range(0, Most).Reverse()
            .Select(part => frame.From + length * part)
            .Select(at => new ChartRow(at, [.. series.Select(s => Average(s, at, at + length))]))
            .Where(row => row.Values.Any(v => v is not null))];
    }

    private static double? Average(ChartSeries series, DateTimeOffset from, DateTimeOffset to) =>
        series.Points.Where(p => p.At >= from && p.At < to).Select(p => (double?)p.Value).Average();
}
