using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>
/// Finds unfinished operations that nobody has in hand, however their bell was lost. By a timer of its own: a trigger that a
/// killed worker had fired stays blocked in Quartz's tables until its cluster gives that worker up, some 20 s later.
/// </summary>
public sealed class DueScan(
    IDbContextFactory<WebHosterDb> factory, Engine engine, IOptions<EngineSettings> settings, TimeProvider clock, ILogger<DueScan> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.Value.ScanSeconds));
        try
        {
            do
                await TryRingDueAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task TryRingDueAsync(CancellationToken ct)
    {
        try
        {
            await RingDueAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("Due operations were not looked for ({Reason}); trying again soon", e.GetBaseException().Message);
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
