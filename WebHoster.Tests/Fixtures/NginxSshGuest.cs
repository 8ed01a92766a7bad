using System.Net;
using System.Net.Sockets;

namespace WebHoster.Tests.Fixtures;

/// <summary>Says an SSH banner with its own address in it, then repeats what it hears.</summary>
public sealed class NginxSshGuest : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly Task accepting;

    public NginxSshGuest(IPEndPoint endpoint)
    {
        listener = new TcpListener(endpoint);
        listener.Start();
        Banner = $"SSH-2.0-guest_{endpoint.Address}";
        accepting = AcceptAsync();
    }

    public string Banner { get; }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = TalkAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{Banner}\r\n"));
                await client.GetStream().CopyToAsync(client.GetStream());
            }
        }
        catch (IOException)
        {
        }
    }
}
