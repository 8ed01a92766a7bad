using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace WebHoster.Web.Hostings;

/// <summary>Knows the hub's connections, so that nobody stays who may not.</summary>
public sealed class HubPresence
{
    private readonly ConcurrentDictionary<string, HubCallerContext> _connections = new();

    public ICollection<HubCallerContext> Connections => _connections.Values;

    public void Enter(HubCallerContext connection) => _connections[connection.ConnectionId] = connection;

    public void Leave(HubCallerContext connection) => _connections.TryRemove(connection.ConnectionId, out _);
}
