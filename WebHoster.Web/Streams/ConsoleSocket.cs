using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using WebHoster.Infrastructure.Streams;

namespace WebHoster.Web.Streams;

/// <summary>
/// A console's WebSocket: binary messages are what the guest says and what is typed, text messages are JSON. From here:
/// <c>{"state":"connected"}</c>, after which everything comes from the back-scroll on, and <c>{"state":"waiting"}</c> while the machine does not run. To
/// here: <c>{"columns":80,"rows":24}</c>.
/// </summary>
public static class ConsoleSocket
{
    /// <summary>A connection that says nothing is cut by proxies.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private const int MaxReason = 120; // of a close frame, in bytes

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>Until one side goes or the caller is no longer welcome.</summary>
    public static async Task RelayAsync(WebSocket socket, FrameLine line, Func<CancellationToken, Task> untilUnwelcome, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var (status, reason) = (WebSocketCloseStatus.EndpointUnavailable, "");
        var (hearing, others) = (HearAsync(), new[] { ShowAsync(), WatchAsync() });
        await Task.WhenAny([hearing, .. others]);
        await end.CancelAsync();
        await Task.WhenAll(others).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync(socket, status, reason);
        // The other side's own close ends it. Cancelled instead, the socket would break off and take the reason with it.
        if (await Task.WhenAny(hearing, Task.Delay(Farewell, CancellationToken.None)) != hearing)
            socket.Abort();
        await hearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task ShowAsync()
        {
            while (await line.ReadAsync(end.Token) is { } frame)
            {
                if (frame.Kind == FrameKind.End)
                {
                    reason = Encoding.UTF8.GetString(frame.Payload.Span);
                    // A worker that is restarted is back in a moment: the browser's side tries again, as after a cut line.
                    status = reason == StreamReasons.Restarting ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure;
                    return;
                }
                var type = frame.Kind == FrameKind.Data ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
                await socket.SendAsync(frame.Payload, type, true, end.Token);
            }
        }

        async Task HearAsync()
        {
            var buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
            try
            {
                // A message may come in pieces: typing may as well, and a size is far smaller than the buffer.
                while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } part)
                {
                    var kind = part.MessageType == WebSocketMessageType.Binary ? FrameKind.Data : FrameKind.Control;
                    await line.WriteAsync(new Frame(kind, buffer.AsMemory(0, part.Count)), end.Token);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        async Task WatchAsync()
        {
            await untilUnwelcome(end.Token);
            (status, reason) = (WebSocketCloseStatus.PolicyViolation, "Sign in again.");
        }
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        while (Encoding.UTF8.GetByteCount(reason) > MaxReason)
            reason = reason[..^1];
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            await socket.CloseOutputAsync(status, reason, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The other side is gone.
        }
    }
}
