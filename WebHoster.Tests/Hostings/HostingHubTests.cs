using System.Net.WebSockets;
using System.Text;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Hostings;

/// <summary>Speaks the hub's JSON protocol itself: the .NET client package cannot be restored here.</summary>
[Trait("Category", "Integration")]
public sealed class HostingHubTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    private const char End = '\u001e';

    [Fact]
    public async Task AnOwnerHearsOfTheirHostingAndAStrangerDoesNot()
    {
        var (owner, stranger) = (await Person.RegisterAsync(portal), await Person.RegisterAsync(portal));
        using var mine = await ConnectAsync(owner);
        using var theirs = await ConnectAsync(stranger);
        (await owner.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(owner.Name);

        var heard = await ReadUntilAsync(mine, "\"status\":\"running\",\"health\":\"healthy\"");
        Assert.Contains($"\"slug\":\"{owner.Name}\"", heard);
        Assert.DoesNotContain("PRIVATE KEY", heard);
        (await stranger.CreateHostingAsync()).EnsureSuccessStatusCode();
        Assert.DoesNotContain(owner.Name, await ReadUntilAsync(theirs, $"\"slug\":\"{stranger.Name}\""));
    }

    [Fact]
    public async Task NobodyGetsInWithoutAToken()
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync("nothing"));
        Assert.Contains("401", refused.Message);
    }

    private Task<ClientWebSocket> ConnectAsync(Person person) => OpenAsync(person.Http.DefaultRequestHeaders.Authorization!.Parameter!);

    private async Task<ClientWebSocket> OpenAsync(string token)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://localhost:{portal.Port}/hubs/hostings?access_token={token}"), CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes($"{{\"protocol\":\"json\",\"version\":1}}{End}"), WebSocketMessageType.Text, true, CancellationToken.None);
        await ReadUntilAsync(socket, "\"kind\":\"resync\"");
        return socket;
    }

    private static async Task<string> ReadUntilAsync(ClientWebSocket socket, string mark)
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
