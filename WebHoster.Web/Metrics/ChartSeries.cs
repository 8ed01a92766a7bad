namespace WebHoster.Web.Metrics;

/// <summary>What a chart's figures are.</summary>
public enum ChartUnit { Percent, Bytes, BytesPerSecond, Count }

/// <summary>One line of a chart.</summary>
/// <param name="Name">In the reader's language.</param>
/// <param name="Points">Oldest first; times without a value are left out.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points)
{
    public double? Latest => Points.Count > 0 ? Points[^1].Value : null;

    public double Sum => Points.Sum(p => p.Value);
}

/// <param name="At">Where the step that the value stands for begins.</param>
public readonly record struct ChartPoint(DateTimeOffset At, double Value);
