using WebHoster.Core.Metrics;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Metrics;

/// <summary>Reads this host's machines and keeps what they used since the last time. The first round only gives something to compare with.</summary>
public sealed class MetricsSampler(IHypervisor hypervisor, MetricsStore store, TimeProvider clock)
{
    private Dictionary<Guid, MachineReading> _before = [];
    private long _beforeAt;

    /// <summary>Up to here ten minutes and hours are averaged; null until the first time, which makes up for all that was missed.</summary>
    private DateTimeOffset? _rolledUpTo;

    public async Task SampleAsync(CancellationToken ct)
    {
        var readings = await hypervisor.ReadFiguresAsync(ct);
        // The time of the answer: a host that is slow must not make its machines look busy.
        var at = clock.GetTimestamp();
        var elapsed = clock.GetElapsedTime(_beforeAt, at);
        var samples = readings
            .Select(now => (Now: now, Usage: _before.GetValueOrDefault(now.Id) is { } before ? Usage.Between(before, now, elapsed) : null))
            .Where(s => s.Usage is not null).Select(s => new MetricSample(s.Now, s.Usage!)).ToList();
        (_before, _beforeAt) = (readings.ToDictionary(r => r.Id), at);
        var moment = clock.GetUtcNow();
        if (samples.Count > 0)
            await store.WriteAsync(moment, samples, ct);
        await RollUpAsync(moment, ct);
    }

    private async Task RollUpAsync(DateTimeOffset now, CancellationToken ct)
    {
        var until = MetricGrain.Day.StartOf(now);
        if (_rolledUpTo == until)
            return;
        await store.RollUpAsync(MetricGrain.Fine, MetricGrain.Day, _rolledUpTo ?? FirstWhole(MetricGrain.Fine, MetricGrain.Day, now), now, ct);
        if (_rolledUpTo is null || MetricGrain.Week.StartOf(_rolledUpTo.Value) != MetricGrain.Week.StartOf(until))
        {
            var from = _rolledUpTo is { } last ? MetricGrain.Week.StartOf(last) : FirstWhole(MetricGrain.Day, MetricGrain.Week, now);
            await store.RollUpAsync(MetricGrain.Day, MetricGrain.Week, from, now, ct);
        }
        _rolledUpTo = until;
    }

    /// <summary>The first step of <paramref name="coarse"/> that <paramref name="fine"/> still has from its beginning.</summary>
    private static DateTimeOffset FirstWhole(MetricGrain fine, MetricGrain coarse, DateTimeOffset now) =>
        coarse.StartOf(now - fine.Reach) + coarse.Step;
}
