namespace WebHoster.Infrastructure.Telemetry;

public enum MetricType { Counter, Gauge, Histogram }

/// <summary>What a metric is, whoever measures it.</summary>
/// <param name="Name">As Prometheus spells it, with its unit: <c>webhoster_…_seconds</c>.</param>
/// <param name="Help">One line.</param>
/// <param name="Labels">Names, in the order of a series' values.</param>
public sealed record Metric(string Name, MetricType Type, string Help, params string[] Labels)
{
    /// <summary>Upper bounds of a histogram's buckets, rising; the last one, infinity, is not named.</summary>
    public double[] Bounds { get; init; } = [];
}

/// <summary>One line of figures.</summary>
/// <param name="Labels">Values, in the metric's order.</param>
/// <param name="Value">Of a histogram the sum of all that was observed.</param>
/// <param name="Buckets">Of a histogram how many fell into each bucket, not added up; one more than there are bounds.</param>
public sealed record Series(string[] Labels, double Value, long[]? Buckets = null);

/// <summary>A metric with its figures.</summary>
public sealed record MetricFamily(Metric Metric, IReadOnlyList<Series> Series)
{
    public static MetricFamily Of(Metric metric, double value, params string[] labels) => new(metric, [new Series(labels, value)]);
}
