using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>Console and files of a real guest. Beside the chapter before nginx in the guest serves something else.</summary>
public sealed partial class HostingStoryTests
{
    private const string Site = "/var/www/html";

    [Fact, Chapter(4)]
    public async Task TheConsoleIsLoggedInAndKnowsTheWindowsSize()
    {
        var owner = await Customer.OwnerAsync(install);
        using var console = new ClientWebSocket();
        console.Options.SetRequestHeader("Authorization", owner.Http.DefaultRequestHeaders.Authorization!.ToString());
        await console.ConnectAsync(new Uri($"{install.PortalUrl.Replace("http", "ws")}/streams/console/{await HostingIdAsync(owner)}"), default);
        await HearAsync(console, "{\"state\":\"live\"}");

        await TypeAsync(console, "echo I am $(id -un) on $(tty)\r");
        await HearAsync(console, "I am ubuntu on /dev/ttyS0");
        await console.SendAsync("{\"columns\":101,\"rows\":31}"u8.ToArray(), WebSocketMessageType.Text, true, default);
        await TypeAsync(console, "until [ \"$(stty size)\" = '31 101' ]; do sleep 1; done; echo the size is $(stty size)\r");
        await HearAsync(console, "the size is 31 101");
        await TypeAsync(console, "sudo touch /root/by-console && echo did-$((40 + 2))\r");
        await HearAsync(console, "did-42");
        (await LiveInstall.SshAsync(await OwnerPortAsync(), install.OwnerKey, "sudo test -e /root/by-console")).Ok();
    }

    [Fact, Chapter(4)]
    public async Task AFileThatIsUploadedIsServedAndACutUploadGoesOn()
    {
        var owner = await Customer.OwnerAsync(install);
        var files = $"hostings/{await HostingIdAsync(owner)}/files";
        var page = new ByteArrayContent("<h1>by the portal</h1>"u8.ToArray());
        (await owner.Http.PutAsync($"{files}/content?path={Site}/portal.html", page)).EnsureSuccessStatusCode();
        Assert.Equal("<h1>by the portal</h1>", await Browser.GetStringAsync($"{install.SitesUrl}/owner/portal.html"));
        Assert.Equal("ubuntu", (await LiveInstall.SshAsync(await OwnerPortAsync(), install.OwnerKey, $"stat -c %U {Site}/portal.html")).Ok());

        var (content, upload) = (RandomNumberGenerator.GetBytes(24 << 20), Guid.NewGuid());
        var query = $"path={Site}/big.bin&upload={upload}";
        await CutUploadAsync(owner, files, query, content);
        Assert.Equal("", (await LiveInstall.SshAsync(await OwnerPortAsync(), install.OwnerKey, $"ls {Site} | grep big || true")).Ok());
        var at = await ReceivedAsync(owner, files, query);
        Assert.InRange(at, 1, content.Length - 1);
        var rest = new ByteArrayContent(content, (int)at, content.Length - (int)at);
        rest.Headers.ContentRange = new(at, content.Length - 1, content.Length);
        (await owner.Http.PutAsync($"{files}/content?{query}", rest)).EnsureSuccessStatusCode();
        Assert.Equal(content, await Browser.GetByteArrayAsync($"{install.SitesUrl}/owner/big.bin"));

        // The key opens no shell, and no door but this one.
        var bare = await LiveInstall.SshAsync(await OwnerPortAsync(), Path.Combine(install.Data, "secrets", "files.key"), "id");
        Assert.NotEqual(0, bare.ExitCode);
        await install.AssertFsckCleanAsync();
    }

    private static async Task<string> HostingIdAsync(Customer owner) => (await owner.HostingAsync()).GetProperty("id").GetString()!;

    private static Task TypeAsync(WebSocket console, string keys) => console.SendAsync(Encoding.UTF8.GetBytes(keys), WebSocketMessageType.Binary, true, default);

    private static async Task HearAsync(WebSocket console, string words)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var (heard, buffer) = (new StringBuilder(), new byte[16 << 10]);
        try
        {
            while (!heard.ToString().Contains(words))
                heard.Append(Encoding.UTF8.GetString(buffer, 0, (await console.ReceiveAsync(buffer, limit.Token)).Count));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The console did not say “{words}”, but:\n{heard}");
        }
    }

    private static async Task<long> ReceivedAsync(Customer owner, string files, string query) =>
        JsonDocument.Parse(await owner.Http.GetStringAsync($"{files}/upload?{query}")).RootElement.GetProperty("data").GetProperty("received").GetInt64();

    private async Task CutUploadAsync(Customer owner, string files, string query, byte[] content)
    {
        var portal = new Uri(install.PortalUrl);
        using var socket = new TcpClient(portal.Host, portal.Port);
        var head = $"PUT /api/v1/{files}/content?{query} HTTP/1.1\r\nHost: {portal.Authority}\r\nAuthorization: {owner.Http.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: application/octet-stream\r\nContent-Length: {content.Length}\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await socket.GetStream().WriteAsync(content.AsMemory(0, content.Length / 2));
        for (var watch = Stopwatch.StartNew(); await ReceivedAsync(owner, files, query) == 0; await Task.Delay(100))
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "Nothing has arrived.");
        socket.Client.LingerState = new LingerOption(true, 0);
    }
}
