using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace WebHoster.Web.Hostings;

/// <summary>Knows the hub's connections, so that nothing is looked up for nobody, and nobody stays who may not.</summary>
public sealed class HubPresence
{
    private readonly ConcurrentDictionary<string, HubCallerContext> _connections = new();

    public bool IsEmpty => _connections.IsEmpty;

    public IEnumerable<HubCallerContext> Connections => _connections.Values;

    public void Enter(HubCallerContext connection) => _connections[connection.ConnectionId] = connection;

    public void Leave(HubCallerContext connection) => _connections.TryRemove(connection.ConnectionId, out _);
}
