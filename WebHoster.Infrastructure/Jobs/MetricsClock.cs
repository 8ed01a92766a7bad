using Microsoft.Extensions.Logging;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Metrics;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Takes a sample of every running machine, as often as the finest ring has places for.</summary>
public sealed class MetricsClock(MetricsSampler sampler, ILogger<MetricsClock> logger)
    : Clockwork(MetricGrain.Fine.Step, atOnce: true, "The machines' figures were not read", logger)
{
    protected override Task RoundAsync(CancellationToken ct) => sampler.SampleAsync(ct);
}
