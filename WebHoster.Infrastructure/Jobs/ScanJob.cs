using Microsoft.Extensions.Logging;
using Quartz;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Looks at the host: machines that do not run, routes that nginx lacks.</summary>
public sealed class ScanJob(HostScan scan, ILogger<ScanJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken ct)
    {
        try
        {
            await scan.RunAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("The scan was cut short ({Reason}); the next one tries again", e.GetBaseException().Message);
        }
    }
}
