using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WebHoster.Tests.Fixtures;

/// <summary>The network between a browser and a portal, which can be cut, and can fall silent.</summary>
internal sealed class CutLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _ends = new();
    private readonly int _port;
    private readonly Task _accepting;
    private TaskCompletionSource _flow = Flowing();
    private volatile bool _isCut;

    private CutLine(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <param name="port">Where the portal listens.</param>
    public static CutLine To(int port) => new(port);

    /// <summary>Ends all connections, and every new one at once.</summary>
    public void Cut()
    {
        _isCut = true;
        End();
    }

    /// <summary>Nothing comes through any more, and nobody is told.</summary>
    public void Silence() => _flow = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>As it was. What was silent is ended: its other side has given it up.</summary>
    public void Mend()
    {
        End();
        _flow.TrySetResult();
        _isCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient { NoDelay = true };
        using (near)
        {
            near.NoDelay = true;
            (_ends[near], _ends[far]) = (0, 0);
            try
            {
                if (_isCut)
                    return;
                await far.ConnectAsync(IPAddress.Loopback, _port);
                await Task.WhenAny(PumpAsync(near.GetStream(), far.GetStream()), PumpAsync(far.GetStream(), near.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // Cut.
            }
            finally
            {
                _ends.TryRemove(near, out _);
                _ends.TryRemove(far, out _);
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 << 10];
        for (int length; (length = await from.ReadAsync(buffer)) > 0;)
        {
            await _flow.Task;
            await to.WriteAsync(buffer.AsMemory(0, length));
        }
    }

    private void End()
    {
        foreach (var end in _ends.Keys)
            end.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        flow.SetResult();
        return flow;
    }
}
