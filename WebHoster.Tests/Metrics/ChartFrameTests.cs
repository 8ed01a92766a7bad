using WebHoster.Web.Metrics;
using Xunit;

namespace WebHoster.Tests.Metrics;

[Trait("Category", "Unit")]
public sealed class ChartFrameTests
{
    private static readonly DateTimeOffset From = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly ChartFrame Frame = new(From, From.AddSeconds(100), TimeSpan.FromSeconds(10), 50);

    [Fact]
    public void ALineGoesFromTheLowerLeftToTheUpperRight() =>
        Assert.Equal("M0 200L100 100L200 0", Frame.Line(Series((0, 0), (10, 25), (20, 50))));

    [Fact]
    public void NothingIsDrawnOverATimeOfWhichNothingIsKnown() =>
        Assert.Equal("M0 200L100 200M500 100L600 100", Frame.Line(Series((0, 0), (10, 0), (50, 25), (60, 25))));

    [Fact]
    public void OneMissingStepIsBridged() => Assert.Equal("M0 200L200 200", Frame.Line(Series((0, 0), (20, 0))));

    [Fact]
    public void TheAreaIsClosedAtTheBottomOfEachPart() =>
        Assert.Equal("M0 200L0 0L100 0L100 200ZM500 200L500 0L500 200Z", Frame.Area(Series((0, 50), (10, 50), (50, 50))));

    [Fact]
    public void AValueAloneIsSeen() => Assert.Equal("M500 0h1", Frame.Line(Series((50, 50))));

    [Fact]
    public void ValuesOutsideAreAtTheEdge() => Assert.Equal("M0 0L100 200L1000 0", (Frame with { Step = TimeSpan.FromMinutes(1) })
        .Line(Series((-5, 99), (10, -5), (120, 60))));

    [Fact]
    public void ThePointerGetsAValueOrNothingForEachStep() =>
        Assert.Equal("1800000010,1.5,,3", Frame.Values(Series((10, 1.54), (30, 3))));

    [Fact]
    public void NoPointsAreNoPath() => Assert.Equal(("", "", ""), (Frame.Line(Series()), Frame.Area(Series()), Frame.Values(Series())));

    [Theory]
    [InlineData(ChartUnit.Percent, 3, 0, 100)]
    [InlineData(ChartUnit.BytesPerSecond, 0, 0, 1024)]
    [InlineData(ChartUnit.BytesPerSecond, 5000, 0, 8192)]
    [InlineData(ChartUnit.BytesPerSecond, 8192, 0, 8192)]
    [InlineData(ChartUnit.Bytes, 200, 1000, 1000)]
    [InlineData(ChartUnit.Bytes, 3000, 1000, 4096)]
    public void TheUpperEdgeIsARoundValueAboveAll(ChartUnit unit, double highest, double least, double top) =>
        Assert.Equal(top, ChartFrame.TopOf(unit, [Series((0, highest))], least));

    [Fact]
    public void TheTableHasAtMostTwelveRowsOfAveragesNewestFirst()
    {
        var frame = Frame with { To = From.AddSeconds(120) };
        var rows = ChartRow.Of(frame, [Series((0, 1), (5, 3), (110, 8)), Series((110, 4))]);
        Assert.Equal([From.AddSeconds(110), From], rows.Select(r => r.At));
        Assert.Equal([8, 4], rows[0].Values);
        Assert.Equal([2, null], rows[1].Values);
    }

    private static ChartSeries Series(params (int Second, double Value)[] points) =>
        new("a", [.. points.Select(p => new ChartPoint(From.AddSeconds(p.Second), p.Value))]);
}
