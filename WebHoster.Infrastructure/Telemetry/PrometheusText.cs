using System.Globalization;
using System.Text;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
public static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>A family must stand there once, so several of one metric are written as one.</summary>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families.GroupBy(f => f.Metric.Name))
        {
            var metric = family.First().Metric;
            if (family.All(f => f.Series.Count == 0))
                continue;
            text.Append(CultureInfo.InvariantCulture, $"# HELP {metric.Name} {metric.Help.Replace("\\", "\\\\").Replace("\n", "\\n")}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {metric.Name} {metric.Type.ToString().ToLowerInvariant()}\n");
            foreach (var one in family)
            {
                foreach (var series in one.Series)
                    Write(text, one.Metric, series);
            }
        }
        return text.ToString();
    }

    private static void Write(StringBuilder text, Metric metric, Series series)
    {
        if (metric.Type != MetricType.Histogram)
        {
            Line(text, metric.Name, metric.Labels, series.Labels, series.Value);
            return;
        }
        long total = 0;
        for (var i = 0; i < series.Buckets!.Length; i++)
        {
            total += series.Buckets[i];
            var bound = i < metric.Bounds.Length ? metric.Bounds[i] : double.PositiveInfinity;
            Line(text, $"{metric.Name}_bucket", [.. metric.Labels, "le"], [.. series.Labels, Number(bound)], total);
        }
        Line(text, $"{metric.Name}_sum", metric.Labels, series.Labels, series.Value);
        Line(text, $"{metric.Name}_count", metric.Labels, series.Labels, total);
    }

    private static void Line(StringBuilder text, string name, string[] labels, string[] values, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').AppendJoin(',', labels.Zip(values, (l, v) => $"{l}=\"{Escaped(v)}\"")).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Escaped(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN" : value.ToString("R", CultureInfo.InvariantCulture);
}
