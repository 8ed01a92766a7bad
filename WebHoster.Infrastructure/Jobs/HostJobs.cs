using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Jobs;

public sealed class CheckHealthJob(HealthObserver health, JobRuns runs, ILogger<CheckHealthJob> logger)
    : RecordedJob(runs, "The guests' health could not be looked at", logger)
{
    protected override async Task<string?> RunAsync(CancellationToken ct)
    {
        await health.ObserveAsync(ct);
        return null;
    }
}

public sealed class SweepJob(Sweeper sweeper, JobRuns runs, ILogger<SweepJob> logger) : RecordedJob(runs, "The host was not swept", logger)
{
    protected override async Task<string?> RunAsync(CancellationToken ct)
    {
        var (differences, mended) = await sweeper.SweepAsync(ct);
        return differences == 0 ? "Nothing differs." : $"{differences} found, {mended} repaired.";
    }
}
