using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using WebHoster.Web.Account;

namespace WebHoster.Web.Hostings;

/// <summary>Knows the hub's connections, so that nothing is looked up for nobody, and nobody stays who may not.</summary>
public sealed class HubPresence
{
    private readonly ConcurrentDictionary<string, Listener> _listeners = new();

    public IReadOnlyList<HubCallerContext> Connections => [.. _listeners.Values.Select(l => l.Connection)];

    /// <summary>True where somebody hears of what <paramref name="ownerId"/> has.</summary>
    public bool Hears(Guid ownerId) => _listeners.Values.Any(l => l.IsAdmin || l.UserId == ownerId);

    public void Enter(HubCallerContext connection) =>
        _listeners[connection.ConnectionId] = new Listener(connection, connection.User!.UserId(), connection.User!.IsAdmin());

    public void Leave(HubCallerContext connection) => _listeners.TryRemove(connection.ConnectionId, out _);

    private sealed record Listener(HubCallerContext Connection, Guid UserId, bool IsAdmin);
}
