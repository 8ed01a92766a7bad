using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace WebHoster.Tests.Faults;

/// <summary>What happens to a connection when a certain statement comes by.</summary>
public enum Cut
{
    /// <summary>The server never sees it.</summary>
    Before,

    /// <summary>The server has done it, and nobody hears so: for a COMMIT the outcome is unknown.</summary>
    After,

    /// <summary>Every connection ends, and for five seconds there is no server.</summary>
    Away,
}

/// <summary>Stands between a worker and PostgreSQL, notes every statement, and cuts the line at the one it is told.</summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private const string Clock = "webhoster-quartz";
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<PostgresLink, Task> _links = new();
    private readonly Lock _lock = new();
    private readonly List<string> _seen = [];
    private readonly Task _accepting;
    private (Cut Cut, Call At)? _order;
    private int _count;
    private bool _away;

    public PostgresProxy(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new IPEndPoint(IPAddress.Parse(server.Host!), server.Port);
        _listener.Start();
        server.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = server.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>As the given one, through here.</summary>
    public string ConnectionString { get; }

    /// <summary>True once the cut that was asked for last has happened.</summary>
    public bool HasCut { get; private set; }

    public int Count
    {
        get
        {
            lock (_lock)
                return _seen.Count;
        }
    }

    public void Tell(Cut cut, Call at)
    {
        lock (_lock)
            (_order, _count, HasCut) = ((cut, at), 0, false);
    }

    public void TellNothing()
    {
        lock (_lock)
            _order = null;
    }

    /// <summary>Statements since, each with its number among its like; the clock's own are not noted.</summary>
    public IReadOnlyList<Call> Since(int count)
    {
        lock (_lock)
            return [.. _seen.Skip(count).GroupBy(s => s).SelectMany(g => g.Select((s, i) => new Call(s, i + 1)))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var link in _links.Keys)
            link.Cut();
        await _accepting;
        await Task.WhenAll(_links.Values);
        _stop.Dispose();
    }

    /// <summary>What is to happen to the connection that sends this now; null for nothing.</summary>
    private Cut? Note(string? application, string statement)
    {
        if (application == Clock)
            return null;
        lock (_lock)
        {
            _seen.Add(statement);
            if (_order is not { } order || order.At.Key != statement || ++_count != order.At.Nth)
                return null;
            (_order, HasCut) = (null, true);
            if (order.Cut == Cut.Away)
                _ = GoAwayAsync();
            return order.Cut;
        }
    }

    private async Task GoAwayAsync()
    {
        _away = true;
        foreach (var link in _links.Keys)
            link.Cut();
        await Task.Delay(Absence);
        _away = false;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (_away)
                {
                    client.Dispose();
                    continue;
                }
                var link = new PostgresLink(client, Note);
                _links[link] = link.RunAsync(_server, _stop.Token).ContinueWith(_ => _links.TryRemove(link, out Task? _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
