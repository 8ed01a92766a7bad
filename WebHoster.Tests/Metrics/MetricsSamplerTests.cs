using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Metrics;

[Trait("Category", "Integration")]
public sealed class MetricsSamplerTests(MetricsHost host) : IClassFixture<MetricsHost>
{
    private readonly HandClock _clock = new(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeHypervisor _hypervisor = new();

    [Fact]
    public async Task TheFirstRoundComparesWithNothingAndEachOneAfterItWithTheLast()
    {
        var (_, hostings) = await host.AddAsync(1);
        var sampler = Sampler();
        await RoundAsync(sampler, Reading(hostings[0], 100));
        Assert.Empty(await PointsAsync(hostings[0]));
        await RoundAsync(sampler, Reading(hostings[0], 105));
        await RoundAsync(sampler, Reading(hostings[0], 106));
        Assert.Equal([50, 10], (await PointsAsync(hostings[0])).Select(p => p.CpuPercent));
    }

    [Fact]
    public async Task AMachineThatWasStartedAnewIsComparedWithItselfFromThenOn()
    {
        var (_, hostings) = await host.AddAsync(1);
        var sampler = Sampler();
        await RoundAsync(sampler, Reading(hostings[0], 100));
        await RoundAsync(sampler, Reading(hostings[0], 1));
        await RoundAsync(sampler);
        await RoundAsync(sampler, Reading(hostings[0], 2));
        Assert.Empty(await PointsAsync(hostings[0]));
        await RoundAsync(sampler, Reading(hostings[0], 4));
        Assert.Equal(20, Assert.Single(await PointsAsync(hostings[0])).CpuPercent);
    }

    [Fact]
    public async Task AWorkerThatStoodStillOrWasStartedAnewMakesUpForTheAveragesThatWereMissed()
    {
        var (owner, hostings) = await host.AddAsync(1);
        for (var minutes = -40; minutes < 0; minutes += 10)
            await host.Store.WriteAsync(_clock.GetUtcNow().AddMinutes(minutes), [MetricsHost.Sample(hostings[0], 50)], default);
        await RoundAsync(Sampler());
        var day = await new MetricsQueries(host.Factory, _clock).ReadAsync(owner, hostings[0], MetricRange.Day);
        Assert.Equal(4, day.Points.Count);
        Assert.Equal(4, await host.Postgres.ScalarAsync<long>("select count(*) from metric_points where hosting_id = @id and grain = 600", ("id", hostings[0])));
    }

    private MetricsSampler Sampler() => new(_hypervisor, host.Store, _clock);

    private async Task RoundAsync(MetricsSampler sampler, params MachineReading[] figures)
    {
        _hypervisor.Figures = figures;
        await sampler.SampleAsync(default);
        _clock.Move(MetricGrain.Fine.Step);
    }

    private async Task<IReadOnlyList<MetricFigures>> PointsAsync(Guid hosting)
    {
        await using var db = await host.Factory.CreateDbContextAsync();
        return [.. MetricsQueries.Read(db, hosting, MetricGrain.Fine, MetricGrain.Fine.Step, _clock.GetUtcNow().AddHours(-1))];
    }

    private static MachineReading Reading(Guid machine, int cpuSeconds) =>
        new(machine, TimeSpan.FromSeconds(cpuSeconds), 1, 0, 0, 0, 0, null, null);
}
