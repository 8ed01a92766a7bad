using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>The scan that makes Quartz dispensable: whatever is not as desired is found here, however its bell was lost.</summary>
public sealed class ScanJob(
    IDbContextFactory<WebHosterDb> factory, Engine engine, HostScan scan, TimeProvider clock, ILogger<ScanJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken ct)
    {
        try
        {
            await RingDueAsync(ct);
            await scan.RunAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("The scan was cut short ({Reason}); the next one tries again", e.GetBaseException().Message);
        }
    }

    private async Task RingDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        var due = await db.Operations
            .Where(o => o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)
            .Join(db.Hostings, o => o.HostingId, h => h.Id, (_, h) => h)
            .Where(h => (h.LeaseExpiresAt == null || h.LeaseExpiresAt < now) && (h.NextAttemptAt == null || h.NextAttemptAt <= now))
            .Select(h => h.Id).ToListAsync(ct);
        foreach (var id in due)
            engine.Ring(id);
    }
}
