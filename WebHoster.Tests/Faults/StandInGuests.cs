using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace WebHoster.Tests.Faults;

/// <summary>
/// Answers for every stand-in machine that runs: on its address with the page from its seed, and with an SSH banner. Where no
/// machine runs, connections are hung up at once.
/// </summary>
internal sealed class StandInGuests : IAsyncDisposable
{
    private readonly string _folder;
    private readonly TcpListener _http;
    private readonly TcpListener _ssh;
    private readonly Task _serving;

    /// <param name="folder">A file a machine, named by its address: the user-data that it was started with.</param>
    public StandInGuests(string folder, int httpPort, int sshPort)
    {
        _folder = folder;
        _http = new TcpListener(IPAddress.Any, httpPort);
        _ssh = new TcpListener(IPAddress.Any, sshPort);
        _http.Start();
        _ssh.Start();
        _serving = Task.WhenAll(AcceptAsync(_http, AnswerHttpAsync), AcceptAsync(_ssh, AnswerSshAsync));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Stop();
        _ssh.Stop();
        await _serving;
    }

    private static async Task AcceptAsync(TcpListener listener, Func<NetworkStream, string, Task> answerAsync)
    {
        try
        {
            while (true)
                _ = TalkAsync(await listener.AcceptTcpClientAsync(), answerAsync);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task TalkAsync(TcpClient client, Func<NetworkStream, string, Task> answerAsync)
    {
        using var _ = client;
        try
        {
            await answerAsync(client.GetStream(), ((IPEndPoint)client.Client.LocalEndPoint!).Address.ToString());
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
        }
    }

    private async Task AnswerHttpAsync(NetworkStream stream, string address)
    {
        if (Page(address) is not { } page)
            return;
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }
        var body = Encoding.UTF8.GetBytes(page);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(body);
    }

    private async Task AnswerSshAsync(NetworkStream stream, string address)
    {
        if (Page(address) is not null)
            await stream.WriteAsync("SSH-2.0-stand-in\r\n"u8.ToArray());
    }

    private string? Page(string address)
    {
        var file = Path.Combine(_folder, address);
        if (!File.Exists(file))
            return null;
        var text = File.ReadAllText(file);
        using var json = JsonDocument.Parse(text[text.IndexOf('\n')..]);
        return json.RootElement.GetProperty("write_files").EnumerateArray()
            .Single(f => f.GetProperty("path").GetString() == "/var/www/html/index.html").GetProperty("content").GetString();
    }
}
