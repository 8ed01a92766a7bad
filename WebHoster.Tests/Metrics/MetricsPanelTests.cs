using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Core.Hostings;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Web.Languages;
using WebHoster.Web.Metrics;
using Xunit;

namespace WebHoster.Tests.Metrics;

[Trait("Category", "Unit")]
public sealed class MetricsPanelTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 0, TimeSpan.Zero);
    private static readonly MachineSize Size = new(1024, 2, 10);

    private readonly BunitContext _context = new();

    public MetricsPanelTests() => _context.Services.AddSingleton<Translations>().AddScoped<Texts>();

    public void Dispose() => _context.Dispose();

    [Fact]
    public void AChartShowsItsLatestValueAndTheWholeScale()
    {
        var panel = Render(Point(40, 5), Point(20, 42));
        Assert.Equal("42%", panel.Find("[data-chart=cpu] .chart__now").TextContent);
        Assert.Equal("1 GB", panel.Find("[data-chart=memory] .chart__y--top").TextContent);
        Assert.Equal(["2 KB/s", "4 KB/s"], panel.FindAll("[data-chart=disk] .chart__now").Select(n => n.TextContent));
        Assert.Equal("M988.9 190L994.4 116", panel.Find("[data-chart=cpu] .chart__line").GetAttribute("d"));
    }

    [Fact]
    public void AMachineThatDoesNotTellOfItsMemoryHasAnEmptyChartThatSaysSo()
    {
        var panel = Render(Point(20, 42) with { GuestMemoryUsed = null });
        Assert.Equal("The machine does not tell.", panel.Find("[data-chart=memory] .chart__empty").TextContent);
        Assert.Empty(panel.FindAll("[data-chart=cpu] .chart__empty"));
    }

    [Theory]
    [InlineData(true, "The first figures come within 20 seconds.")]
    [InlineData(false, "The machine does not run.")]
    public void NoFiguresSayWhy(bool running, string words) => Assert.Equal(
        words, _context.Render<MetricsPanel>(p => p.Add(m => m.Series, Series()).Add(m => m.IsRunning, running)).Find("[data-chart=cpu] .chart__empty").TextContent);

    [Fact]
    public void TheRangeThatIsShownIsPressedAndAnotherIsAskedFor()
    {
        MetricRange? asked = null;
        var panel = _context.Render<MetricsPanel>(p => p.Add(m => m.Series, Series()).Add(m => m.OnRange, range => asked = range));
        Assert.Equal(["true", "false", "false"], panel.FindAll(".segment").Select(s => s.GetAttribute("aria-pressed")));
        panel.FindAll(".segment")[2].Click();
        Assert.Equal(MetricRange.Week, asked);
    }

    [Fact]
    public void TilesShowTheNewestFiguresOfTheMachinesSize()
    {
        var tiles = _context.Render<UsageTiles>(p => p.Add(t => t.Series, Series(Point(20, 42))).Add(t => t.IsRunning, true));
        Assert.Equal(["42%", "256 MB of 1 GB", "2 GB of 10 GB"], tiles.FindAll(".tile__value").Select(t => t.TextContent));
        Assert.Equal("width:25%", tiles.Find("[data-tile=memory] .meter__fill").GetAttribute("style"));
    }

    [Theory]
    [InlineData(61, true)]
    [InlineData(20, false)]
    public void TilesDoNotPassOffHistoryAsWhatTheMachineDoes(int secondsAgo, bool running)
    {
        var tiles = _context.Render<UsageTiles>(p => p.Add(t => t.Series, Series(Point(secondsAgo, 42))).Add(t => t.IsRunning, running));
        Assert.Equal(["–", "– of 1 GB", "– of 10 GB"], tiles.FindAll(".tile__value").Select(t => t.TextContent));
    }

    private IRenderedComponent<MetricsPanel> Render(params MetricFigures[] points) =>
        _context.Render<MetricsPanel>(p => p.Add(m => m.Series, Series(points)).Add(m => m.IsRunning, true));

    private static MetricSeries Series(params MetricFigures[] points) =>
        new(MetricRange.Hour, Now.AddHours(-1), Now, TimeSpan.FromSeconds(20), Size, points);

    private static MetricFigures Point(int secondsAgo, double cpu) =>
        new(Now.AddSeconds(-secondsAgo), cpu, 256L << 20, 960L << 20, 2L << 30, 2048, 4096, 100, 200);
}
