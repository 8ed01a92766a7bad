using Microsoft.AspNetCore.SignalR;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Account;
using WebHoster.Web.Operations;

namespace WebHoster.Web.Hostings;

/// <summary>
/// Tells one connection of the hub what has changed, with what is there now. Each has a reader of the feed of its own: one that takes
/// nothing keeps nobody else waiting, and hears <c>resync</c> instead of what it has missed.
/// </summary>
public sealed class HostingBroadcast(ChangeFeed feed, HostingQueries queries, IHubContext<HostingHub> hub, ILogger<HostingBroadcast> logger)
{
    /// <summary>Ends with the connection.</summary>
    public async Task FollowAsync(HubCallerContext connection)
    {
        var (userId, isAdmin, gone) = (connection.User!.UserId(), connection.User!.IsAdmin(), connection.ConnectionAborted);
        var caller = hub.Clients.Client(connection.ConnectionId);
        try
        {
            await foreach (var change in feed.ReadAsync(c => c.IsOfHosting && (isAdmin || c.OwnerId == userId), gone))
                await caller.SendAsync("changed", await TryDescribeAsync(change, gone), gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The connection has ended.
        }
        catch (Exception e)
        {
            // Better none, so that the client connects anew, than one that says nothing any more.
            logger.LogError(e, "A connection of the hub was ended");
            connection.Abort();
        }
    }

    private async Task<HostingChanged> TryDescribeAsync(Change change, CancellationToken ct)
    {
        try
        {
            return await DescribeAsync(change, ct);
        }
        catch (Exception e) when (e.IsDatabaseTrouble())
        {
            // Who hears this asks the API, which says by itself when PostgreSQL is away.
            logger.LogWarning("A change could not be looked at: {Reason}", e.GetBaseException().Message);
            return await DescribeAsync(Change.Resync, ct);
        }
    }

    private async Task<HostingChanged> DescribeAsync(Change change, CancellationToken ct)
    {
        if (change == Change.Resync)
            return new HostingChanged("resync", null, null, null);
        var view = await queries.FindAsync(change.OwnerId, change.HostingId, ct);
        return new HostingChanged(change.Kind, change.HostingId, view is null ? null : HostingResource.Of(view), await OperationAsync(change, ct));
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
