namespace WebHoster.Web.Metrics;

/// <summary>A chart in a few rows, for those who read it instead of seeing it.</summary>
/// <param name="Values">Of each series the average, or of things how many; null where it has none in this time.</param>
public sealed record ChartRow(DateTimeOffset At, IReadOnlyList<double?> Values)
{
    public const int Most = 12;

    /// <summary>Averages (of things, sums) over equal parts of the frame's time, newest first; parts in which nothing is known are left out.</summary>
    public static IReadOnlyList<ChartRow> Of(ChartFrame frame, IReadOnlyList<ChartSeries> series, ChartUnit unit = ChartUnit.Percent)
    {
        var length = (frame.To - frame.From) / Most;
        return [.. Enumerable.Range(0, Most).Reverse()
            .Select(part => frame.From + length * part)
            .Select(at => new ChartRow(at, [.. series.Select(s => In(s, at, at + length, unit))]))
            .Where(row => row.Values.Any(v => v is not null))];
    }

    private static double? In(ChartSeries series, DateTimeOffset from, DateTimeOffset to, ChartUnit unit)
    {
        var values = series.Points.Where(p => p.At >= from && p.At < to).Select(p => (double?)p.Value).ToList();
        return values.Count == 0 ? null : unit == ChartUnit.Count ? values.Sum() : values.Average();
    }
}
