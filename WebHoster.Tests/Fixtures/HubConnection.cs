using System.Net.WebSockets;
using System.Text;

namespace WebHoster.Tests.Fixtures;

/// <summary>Speaks the hub's JSON protocol itself: the .NET client package cannot be restored here.</summary>
public static class HubConnection
{
    private const char End = '\u001e';

    public static async Task<ClientWebSocket> OpenAsync(PortalFixture portal, string token)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://localhost:{portal.Port}/hubs/hostings?access_token={token}"), CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes($"{{\"protocol\":\"json\",\"version\":1}}{End}"), WebSocketMessageType.Text, true, CancellationToken.None);
        await ReadUntilAsync(socket, "\"kind\":\"resync\"");
        return socket;
    }

    public static async Task<string> ReadUntilAsync(ClientWebSocket socket, string mark)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (text, buffer) = (new StringBuilder(), new byte[16 << 10]);
        while (!text.ToString().Contains(mark))
        {
            var part = await socket.ReceiveAsync(buffer, end.Token);
            text.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
        }

        return text.ToString();
    }
}
