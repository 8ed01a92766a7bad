using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Announcements;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Realtime;

namespace WebHoster.Infrastructure.RunTime;

/// <summary>In every process: hears of changed settings and announcements, and has them looked at again.</summary>
public sealed class RunTimeWatch(ChangeFeed feed, RunTimeSettings settings, AnnouncementBoard board, ILogger<RunTimeWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FollowAsync(stoppingToken), board.FollowTimeAsync(stoppingToken));

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in feed.ReadAsync(c => c.Kind is "settings" or "announcements", stoppingToken))
        {
            if (change == Change.Resync || change.Kind == "settings")
                await LookAsync(settings.LoadAsync, stoppingToken);
            if (change == Change.Resync || change.Kind == "announcements")
                await LookAsync(board.LoadAsync, stoppingToken);
        }
    }

    private async Task LookAsync(Func<CancellationToken, Task> look, CancellationToken ct)
    {
        do
        {
            try
            {
                await look(ct);
                return;
            }
            catch (Exception e) when (e.IsDatabaseTrouble() && !ct.IsCancellationRequested)
            {
                logger.LogWarning("Settings and announcements stay as they were: {Reason}", e.GetBaseException().Message);
            }
            await Task.Delay(Pause, ct);
        }
        // A lost connection ends in a resync; where only this look was cut off, nobody would say so.
        while (feed.IsListening);
    }
}
