using WebHoster.Infrastructure.Telemetry;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Telemetry;

[Trait("Category", "Unit")]
public sealed class PrometheusTextTests
{
    private static readonly Metric Count = new("things_total", MetricType.Counter, "Things,\nand a \\.", "kind");
    private static readonly Metric Seconds = new("thing_seconds", MetricType.Histogram, "How long.", "kind") { Bounds = [0.5, 2] };

    [Fact]
    public void AFamilyIsWrittenOnceWithItsSeriesEscaped() => Expected.Equal(
        "metrics.txt",
        PrometheusText.Write(
        [
            MetricFamily.Of(Count, 3, "a \"quoted\\one\"\nover two lines"), HistogramOf(0.1, 0.5, 1, 7), MetricFamily.Of(Count, 1e20, "large"),
            new MetricFamily(new Metric("empty", MetricType.Gauge, "Nothing."), []), MetricFamily.Of(new Metric("odd", MetricType.Gauge, "Odd."), double.NaN),
        ]));

    [Fact]
    public async Task PrometheusOwnCheckTakesIt()
    {
        var text = PrometheusText.Write([MetricFamily.Of(Count with { Help = "Things." }, 3, "a \"quoted\\one\"\nover two lines"), HistogramOf(0.1, 7)]);
        var check = await Shell.RunAsync("promtool", ["check", "metrics"], new Dictionary<string, string>(), text);
        Assert.Equal("", check.Ok() + check.Error);
    }

    [Fact]
    public void EveryMetricOfTheCatalogHasANameOfItsOwnAndAHelp()
    {
        Assert.True(Catalog.All.Count > 40);
        Assert.Equal(Catalog.All.Count, Catalog.All.Select(m => m.Name).Distinct().Count());
        Assert.All(Catalog.All, m => Assert.EndsWith(".", m.Help));
        Assert.All(Catalog.All, m => Assert.Equal(m.Type == MetricType.Counter, m.Name.EndsWith("_total", StringComparison.Ordinal)));
        Assert.All(Catalog.All, m => Assert.Equal(m.Type == MetricType.Histogram, m.Bounds.Length > 0));
    }

    [Fact]
    public void AGaugeThatIsReplacedForgetsWhatIsNoMore()
    {
        var tally = new Tally(new Metric("left", MetricType.Gauge, "Left.", "kind"));
        tally.Replace([new Series(["a"], 1), new Series(["b"], 2)]);
        tally.Replace([new Series(["b"], 3)]);
        Assert.Equal(("b", 3), Assert.Single(tally.Read().Series.Select(s => (s.Labels[0], s.Value))));
    }

    private static MetricFamily HistogramOf(params double[] values)
    {
        var tally = new Tally(Seconds);
        foreach (var value in values)
            tally.Observe(value, "a");
        return tally.Read();
    }
}
