using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>
/// This worker's sign of life, in a row of its own: Quartz's check-in comes every 15 s only, and says nothing of the work. A worker that was
/// frozen and goes on takes back that it was gone.
/// </summary>
public sealed class WorkerBeat(
    IDbContextFactory<WebHosterDb> factory, WorkerIdentity worker, Engine engine, IOptions<EngineSettings> settings, ILogger<WorkerBeat> logger)
    : Clockwork(Interval, atOnce: true, "The worker's heartbeat was not written", logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = logger;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            await db.Database.ExecuteSqlAsync($"update workers set stopped_at = now(), seen_at = now(), busy = 0 where id = {worker.Id}", cancellationToken);
        }
        catch (Exception e) when (e.IsDatabaseTrouble() || e is OperationCanceledException)
        {
            _logger.LogWarning("PostgreSQL was not told that this worker stops ({Reason}); it will be taken for gone", e.GetBaseException().Message);
        }
    }

    protected override async Task RoundAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"""
             insert into workers (id, name, host, version, started_at, seen_at, parallelism, busy)
             values ({worker.Id}, {worker.Name}, {worker.Host}, {worker.Version}, now(), now(), {settings.Value.Parallelism}, {engine.Busy})
             on conflict (id) do update set seen_at = now(), busy = excluded.busy, gone_at = null
             """, ct);
    }
}
