using System.Net.WebSockets;
using System.Text;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Streams;

/// <summary>The console's WebSocket of the real portal.</summary>
[Trait("Category", "Integration")]
public sealed class ConsoleSocketTests(QuickPortalFixture portal) : IClassFixture<QuickPortalFixture>, IAsyncLifetime
{
    private StreamHost _host = null!;
    private Person _owner = null!;
    private string _id = "";

    public async Task InitializeAsync()
    {
        _host = await StreamHost.StartAsync(portal.Database, portal.DataFolder);
        _owner = await Person.AddAsync(portal);
        _id = (await (await _owner.CreateHostingAsync()).DataAsync()).GetProperty("id").GetString()!;
        await portal.Engine.CreateAsync(_owner.Name);
        _host.Guest.Log = "past ";
        _host.Guest.Start();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task TheOwnerWorksOnTheConsoleAndWhoMayReadLooks()
    {
        using var mine = await OpenAsync(_owner);
        Assert.EndsWith("{\"state\":\"connected\"}past {\"state\":\"live\"}", await HearAsync(mine, "live\"}"));
        var guest = await _host.Guest.LineAsync();
        var reader = await _owner.WithTokenAsync(portal, "read");
        Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(reader))).Message);
        using var view = await OpenAsync(reader, "/view");
        await HearAsync(view, "live\"}");

        await view.SendAsync("no\n"u8.ToArray(), WebSocketMessageType.Binary, true, default);
        await mine.SendAsync("{\"columns\":100,\"rows\":30}"u8.ToArray(), WebSocketMessageType.Text, true, default);
        await mine.SendAsync("ls\n"u8.ToArray(), WebSocketMessageType.Binary, true, default);
        Assert.Equal("ls\n", await TestGuest.HearAsync(guest, "\n"));
        await TestGuest.SayAsync(guest, "index.html");
        Assert.Equal("index.html", await HearAsync(mine, "index.html"));
        Assert.Equal("index.html", await HearAsync(view, "index.html"));
        // Who typed, not who looked.
        Assert.Equal(1, await portal.Database.ScalarAsync<long>(
            "select count(*) from audit_entries where action like 'hosting.c%' and action <> 'hosting.create' and actor_name = @name and subject = @name and address is not null", ("name", _owner.Name)));
    }

    [Fact]
    public async Task StrangersAndOtherPeoplesPagesAreRefused()
    {
        var stranger = await Person.AddAsync(portal);
        Assert.Contains("404", (await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(stranger))).Message);
        Assert.Contains("401", (await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(null))).Message);
        Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(_owner, origin: "http://localhost:1"))).Message);
        using var right = await OpenAsync(_owner, origin: portal.Url.ToString().TrimEnd('/'));
        Assert.Equal(426, (int)(await _owner.Http.GetAsync($"/streams/console/{_id}")).StatusCode);
    }

    [Fact]
    public async Task AConsoleEndsWithTheTokenThatOpenedItAndWithItsHosting()
    {
        var script = await _owner.WithTokenAsync(portal, "hosting");
        using var byToken = await OpenAsync(script);
        await HearAsync(byToken, "live\"}");
        await portal.Database.ExecuteAsync("delete from api_tokens");
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await EndAsync(byToken));

        using var mine = await OpenAsync(_owner);
        await HearAsync(mine, "live\"}");
        (await _owner.Http.DeleteAsync("host/my")).EnsureSuccessStatusCode();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await EndAsync(mine));
        Assert.Equal("The hosting is being deleted.", mine.CloseStatusDescription);
    }

    private async Task<ClientWebSocket> OpenAsync(Person? person, string suffix = "", string? origin = null)
    {
        var socket = new ClientWebSocket();
        if (person is not null)
            socket.Options.SetRequestHeader("Authorization", person.Http.DefaultRequestHeaders.Authorization!.ToString());
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        await socket.ConnectAsync(new Uri($"ws://localhost:{portal.Port}/streams/console/{_id}{suffix}"), default);
        return socket;
    }

    private static async Task<string> HearAsync(WebSocket socket, string end)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (heard, buffer) = (new StringBuilder(), new byte[4096]);
        while (!heard.ToString().EndsWith(end, StringComparison.Ordinal))
            heard.Append(Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer, limit.Token)).Count));
        return heard.ToString();
    }

    private static async Task<WebSocketCloseStatus?> EndAsync(WebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        while ((await socket.ReceiveAsync(buffer, limit.Token)).MessageType != WebSocketMessageType.Close)
        {
            // What was said before the end.
        }
        return socket.CloseStatus;
    }
}
