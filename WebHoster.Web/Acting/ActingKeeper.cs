using WebHoster.Infrastructure.Acting;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Acting;

/// <summary>Writes into the audit log that somebody's time to act is up; that they can do nothing more needs nobody.</summary>
public sealed class ActingKeeper(ActingSessions sessions, TimeProvider clock, ILogger<ActingKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await sessions.ExpireAsync(stoppingToken);
            }
            catch (Exception e) when (e.IsDatabaseTrouble() && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Who still acts for somebody could not be looked at: {Reason}", e.GetBaseException().Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
