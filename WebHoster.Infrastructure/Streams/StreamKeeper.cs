using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Realtime;

namespace WebHoster.Infrastructure.Streams;

/// <summary>Ends the streams of a hosting that is being deleted, as soon as PostgreSQL says so.</summary>
public sealed class StreamKeeper(ChangeFeed feed, OpenStreams streams, StreamTickets tickets, ILogger<StreamKeeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in feed.WakeAsync(c => streams.Hostings.Contains(c.HostingId), stoppingToken))
                await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            var open = streams.Hostings;
            if (open.Count == 0)
                return;
            var mayGoOn = await tickets.MayGoOnAsync(open, ct);
            foreach (var gone in open.Where(h => !mayGoOn.Contains(h)))
                streams.End(gone, StreamReasons.Deleting);
        }
        catch (Exception e) when (e.IsDatabaseTrouble() && !ct.IsCancellationRequested)
        {
            // Its return is announced as a resync.
            logger.LogWarning("Open streams were not looked after: {Reason}", e.GetBaseException().Message);
        }
    }
}

/// <summary>Removes tickets that were never used.</summary>
public sealed class ForgetTickets(StreamTickets tickets, ILogger<ForgetTickets> logger)
    : Clockwork(TimeSpan.FromMinutes(5), atOnce: false, "Old stream tickets were not removed", logger)
{
    protected override Task RoundAsync(CancellationToken ct) => tickets.ForgetAsync(ct);
}
