using System.Net.Sockets;
using System.Text;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>Asks a running instance which generation it serves.</summary>
internal static class ControlSocket
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Null where nobody answers.</summary>
    public static async Task<string?> AskGenerationAsync(NginxInstance instance, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(instance.ControlSocket), limit.Token);
            // The stream instance speaks first and hangs up; a byte that it has not read would turn that into a reset.
            if (instance.Protocol == NginxProtocol.Http)
                await socket.SendAsync("GET /generation HTTP/1.0\r\n\r\n"u8.ToArray(), limit.Token);
            using var stream = new NetworkStream(socket);
            var answer = await new StreamReader(stream, Encoding.ASCII).ReadToEndAsync(limit.Token);
            return answer.TrimEnd().Split('\n')[^1];
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
