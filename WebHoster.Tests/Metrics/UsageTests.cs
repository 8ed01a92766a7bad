using WebHoster.Core.Metrics;
using Xunit;

namespace WebHoster.Tests.Metrics;

[Trait("Category", "Unit")]
public sealed class UsageTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly MachineReading Before = new(Guid.NewGuid(), TimeSpan.FromSeconds(60), 2, 1000, 2000, 3000, 4000, null, null);

    [Fact]
    public void RatesAreWhatWasAddedBySecondAndByVirtualCpu()
    {
        var now = Before with { Cpu = TimeSpan.FromSeconds(65), DiskRead = 2000, DiskWritten = 2050, NetReceived = 3000, NetSent = 104_000 };
        Assert.Equal(new Usage(25, 100, 5, 0, 10_000), Usage.Between(Before, now, TenSeconds));
    }

    [Fact]
    public void MoreThanAllProcessorTimeIsAllOfIt() =>
        Assert.Equal(100, Usage.Between(Before, Before with { Cpu = TimeSpan.FromSeconds(90) }, TenSeconds)!.CpuPercent);

    [Fact]
    public void OfAMachineThatWasStartedAnewNothingIsSaid()
    {
        Assert.Null(Usage.Between(Before, Before with { Cpu = TimeSpan.FromSeconds(1) }, TenSeconds));
        Assert.Null(Usage.Between(Before, Before with { DiskWritten = 0 }, TenSeconds));
        Assert.Null(Usage.Between(Before, Before with { NetSent = 0 }, TenSeconds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(121)]
    public void OfNoTimeAndOfALongGapNothingIsSaid(int seconds) =>
        Assert.Null(Usage.Between(Before, Before, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void AStepBeginsAtAWholeMultipleOfItself() => Assert.Equal(
        new DateTimeOffset(2026, 3, 4, 5, 10, 0, TimeSpan.Zero),
        MetricGrain.Day.StartOf(new DateTimeOffset(2026, 3, 4, 7, 19, 59, 999, TimeSpan.FromHours(2))));
}
