using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Turns PostgreSQL's word that an operation was queued into a Quartz job, at once. What it misses the scan finds.</summary>
public sealed class Doorbell(NpgsqlDataSource source, ISchedulerFactory schedulers, Engine engine, ILogger<Doorbell> logger) : BackgroundService
{
    private const string Channel = "webhoster_work";
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The doorbell has lost PostgreSQL ({Reason}); trying again", e.GetBaseException().Message);
                await Task.Delay(Reconnect, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        var rings = new Queue<Guid>();
        connection.Notification += (_, message) =>
        {
            if (Guid.TryParse(message.Payload, out var hostingId))
                rings.Enqueue(hostingId);
        };
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(ct);
        while (true)
        {
            if (!await connection.WaitAsync(KeepAlive, ct))
            {
                await using var ping = new NpgsqlCommand("select 1", connection);
                await ping.ExecuteNonQueryAsync(ct);
            }
            while (rings.TryDequeue(out var hostingId))
                await RingAsync(scheduler, hostingId, ct);
        }
    }

    private async Task RingAsync(IScheduler scheduler, Guid hostingId, CancellationToken ct)
    {
        try
        {
            await scheduler.TriggerJob(ReconcileJob.Key, ReconcileJob.For(hostingId), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("Quartz does not take the ring for {HostingId} ({Reason}); it goes past it", hostingId, e.GetBaseException().Message);
            engine.Ring(hostingId);
        }
    }
}
