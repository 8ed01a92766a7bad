using System.Net;
using System.Net.WebSockets;
using System.Text;
using WebHoster.Core.Ports;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

[Trait("Category", "Integration")]
public sealed class SitesStreamingTests : IAsyncLifetime
{
    private readonly NginxHost host = new();
    private NginxGuest bob = null!;

    public async Task InitializeAsync()
    {
        await host.InitializeAsync();
        bob = await host.AddGuestAsync(1, "bob");
        await host.Proxy.ApplyAsync(new RouteTable([host.Route("bob", 1)], [1]), default);
    }

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task AWebSocketGoesThrough()
    {
        using var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{host.SitesPort}/bob/socket"), default);

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);
        var buffer = new byte[100];
        var answer = await socket.ReceiveAsync(buffer, default);

        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, answer.Count));
    }

    [Fact]
    public async Task AnUploadReachesTheGuestWhileItIsStillBeingSent()
    {
        const int Half = 50 * 1024 * 1024;
        using var request = host.Request(HttpMethod.Post, "/bob/upload");
        request.Content = new TwoHalves(Half, bob.FirstBytes);

        using var response = await host.Http.SendAsync(request);

        Assert.Equal($"{2 * Half}", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AnUploadOverAGigabyteIsRefusedWithAPage()
    {
        using var request = host.Request(HttpMethod.Post, "/bob/upload");
        request.Headers.ExpectContinue = true;
        request.Content = new TwoHalves(600 * 1024 * 1024, bob.FirstBytes);

        using var response = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("too large", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task OneAddressThatFloodsGetsA429WithAPage()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 1500).Select(async _ =>
        {
            using var response = await host.GetAsync("/");
            return (response.StatusCode, response.Headers.RetryAfter, Body: await response.Content.ReadAsStringAsync());
        }));

        Assert.True(answers.Count(a => a.StatusCode == HttpStatusCode.OK) >= 400);
        var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.RetryAfter);
        Assert.Contains("Many requests", refused.Body);
    }

    [Fact]
    public async Task ARequestUnderWayOutlivesAReload()
    {
        using var response = await host.Http.SendAsync(host.Request(HttpMethod.Get, "/bob/hold"), HttpCompletionOption.ResponseHeadersRead);
        await bob.HeldOpen;

        await host.Proxy.ApplyAsync(new RouteTable([new SiteRoute("bob", null, "stopped")], [1]), default);
        Assert.Equal(503, (await host.Proxy.AskSiteAsync("bob", default)).Status);
        bob.Release();

        Assert.Equal("begun done", await response.Content.ReadAsStringAsync());
    }

    /// <summary>The second half is sent only when the guest has some of the first.</summary>
    private sealed class TwoHalves(int half, Task<long> firstBytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await WriteHalfAsync(stream);
            await stream.FlushAsync();
            await firstBytes.WaitAsync(TimeSpan.FromSeconds(15));
            await WriteHalfAsync(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 2L * half;
            return true;
        }

        private async Task WriteHalfAsync(Stream stream)
        {
            var block = new byte[1024 * 1024];
            for (var sent = 0; sent < half; sent += block.Length)
                await stream.WriteAsync(block);
        }
    }
}
