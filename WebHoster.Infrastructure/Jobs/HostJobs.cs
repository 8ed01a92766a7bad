using Microsoft.Extensions.Logging;
using Quartz;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Jobs;

public sealed class CheckHealthJob(HealthObserver health, ILogger<CheckHealthJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken ct)
    {
        try
        {
            await health.ObserveAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("The guests' health could not be looked at: {Reason}", e.GetBaseException().Message);
        }
    }
}

public sealed class SweepJob(Sweeper sweeper, ILogger<SweepJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken ct)
    {
        try
        {
            await sweeper.SweepAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("The host was not swept: {Reason}", e.GetBaseException().Message);
        }
    }
}
