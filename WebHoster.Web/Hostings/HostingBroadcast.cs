using Microsoft.AspNetCore.SignalR;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Operations;

namespace WebHoster.Web.Hostings;

/// <summary>Reads the feed of changes and pushes what is there now to the hub's groups.</summary>
public sealed class HostingBroadcast(
    ChangeFeed feed, HostingQueries queries, HubPresence presence, IHubContext<HostingHub> hub, ILogger<HostingBroadcast> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in feed.ReadAsync(c => c.IsOfHosting && presence.Hears(c.OwnerId), stoppingToken))
        {
            try
            {
                await PushAsync(change, stoppingToken);
            }
            catch (Exception e) when (e.IsDatabaseTrouble())
            {
                // Who hears this asks the API, which says by itself when PostgreSQL is away.
                logger.LogWarning("A change could not be pushed: {Reason}", e.GetBaseException().Message);
                await PushAsync(Change.Resync, stoppingToken);
            }
        }
    }

    private async Task PushAsync(Change change, CancellationToken ct)
    {
        if (change == Change.Resync)
        {
            await hub.Clients.All.SendAsync("changed", new HostingChanged("resync", null, null, null), ct);
            return;
        }

        var view = await queries.FindAsync(change.OwnerId, change.HostingId, ct);
        var message = new HostingChanged(
            change.Kind, change.HostingId, view is null ? null : HostingResource.Of(view), await OperationAsync(change, ct));
        await hub.Clients.Groups(HostingHub.Owner(change.OwnerId), HostingHub.Admins).SendAsync("changed", message, ct);
    }

    private async Task<OperationResource?> OperationAsync(Change change, CancellationToken ct)
    {
        try
        {
            return change.OperationId is { } id ? OperationResource.Of(await queries.GetOperationAsync(change.OwnerId, id, ct)) : null;
        }
        catch (NotFoundException)
        {
            return null;
        }
    }
}
