using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

/// <summary>TLS in front of the portal, with a certificate of our own making.</summary>
[Trait("Category", "Integration")]
public sealed class PortalNginxTests(PortalNginxHost host) : IClassFixture<PortalNginxHost>
{
    [Fact]
    public async Task ThePortalIsReachedByHttp2AndIsToldWhoCameAndHow()
    {
        using var client = host.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a%2Fb?q=1") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.Equal($"GET /a%2Fb?q=1 host=localhost:{host.Port} for=127.0.0.1 proto=https upgrade= body=0", await answer.Content.ReadAsStringAsync());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        // Sites have this name, too, and are plain HTTP.
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.False(answer.Headers.Contains("Server") && answer.Headers.Server.ToString().Any(char.IsDigit));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable SYSLIB0039, CA5397 // that it is refused is the point
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task OnlyModernTlsIsSpoken(SslProtocols protocol, bool spoken)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, host.Port);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol };
        if (!spoken)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(options));
            return;
        }
        await tls.AuthenticateAsClientAsync(options);
        Assert.Equal(protocol, tls.SslProtocol);
        // Forward secret and authenticated: AEAD after (EC)DHE.
        Assert.Matches("^TLS_(ECDHE_ECDSA_WITH_)?(AES_(128|256)_GCM|CHACHA20_POLY1305)_SHA(256|384)$", tls.NegotiatedCipherSuite.ToString());
    }

    [Fact]
    public async Task AWebSocketGoesThroughAndNothingElseIsUpgraded()
    {
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await socket.ConnectAsync(new Uri($"wss://localhost:{host.Port}/hubs/echo"), default);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);
        var buffer = new byte[16];
        var answer = await socket.ReceiveAsync(buffer, default);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, answer.Count));

        using var client = host.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version11 };
        request.Headers.Add("Upgrade", "h2c");
        Assert.Contains("upgrade= ", await (await client.SendAsync(request)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AFileOfAnySizeGoesThroughAndALargeFormDoesNot()
    {
        using var client = host.Client();
        var large = new byte[9 << 20];
        using var file = await client.PutAsync("/api/v1/host/my/files/content?path=a", new ByteArrayContent(large));
        Assert.EndsWith($"body={large.Length}", await file.Content.ReadAsStringAsync());

        using var form = await client.PostAsync("/api/v1/host", new ByteArrayContent(large));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, form.StatusCode);
        Assert.Equal("application/problem+json", form.Content.Headers.ContentType?.MediaType);
        Assert.False((await form.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task FiguresAreNotForTheWorld()
    {
        using var client = host.Client();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task PlainHttpAtThePortOfTlsIsSentToTls()
    {
        using var plain = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await plain.GetAsync($"http://localhost:{host.Port}/login?a=1");
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.Equal($"https://localhost:{host.Port}/login?a=1", answer.Headers.Location?.OriginalString);
    }
}

/// <summary>The chapters that bend the one that they use.</summary>
[Trait("Category", "Integration")]
public sealed class PortalNginxTroubleTests
{
    [Fact]
    public async Task GuessesAreSlowedDownAndSoIsSaidInBothLanguages()
    {
        var host = new PortalNginxHost();
        await using var end = new Ending(host);
        await host.InitializeAsync();
        using var client = host.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => client.PostAsync("/api/v1/auth/login", null)));
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.InRange(refused.Count, 20, 40);
        Assert.Equal("1", refused[0].Headers.GetValues("Retry-After").Single());
        Assert.Equal("application/problem+json", refused[0].Content.Headers.ContentType?.MediaType);
        // Who only reads is not slowed down.
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/login")).StatusCode);
        using var page = await client.PostAsync("/login", null);
        Assert.Equal(HttpStatusCode.TooManyRequests, page.StatusCode);
        Assert.Contains("One moment, please", await page.Content.ReadAsStringAsync());
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task WhileThePortalIsAwayPeopleAndScriptsAreToldSo()
    {
        var host = new PortalNginxHost();
        await using var end = new Ending(host);
        await host.InitializeAsync();
        await host.StopUpstreamAsync();
        using var client = host.Client();
        using var page = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, page.StatusCode);
        Assert.Contains("back in a moment", await page.Content.ReadAsStringAsync());
        using var script = await client.GetAsync("/api/v1/host/my");
        Assert.Equal(502, (await script.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetInt32());
        await host.StartUpstreamAsync();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task AGivenCertificateIsShownForItsNameOnlyAndARenewedOneIsTakenWithoutAStart()
    {
        var folder = Directory.CreateTempSubdirectory("wh-cert-").FullName;
        var (file, key) = (Path.Combine(folder, "fullchain.pem"), Path.Combine(folder, "privkey.pem"));
        PortalNginxHost.Certify(file, key, "portal.example");
        var host = new PortalNginxHost(new()
        {
            ["Install:Host"] = "sites.example",
            ["Portal:Host"] = "portal.example",
            ["Portal:Certificate"] = file,
            ["Portal:CertificateKey"] = key,
        });
        await using var end = new Ending(host, folder);
        await host.InitializeAsync();
        using (var client = host.Client("portal.example"))
        {
            using var answer = await client.GetAsync("/");
            Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        }
        var first = host.Shown;
        using (var stranger = host.Client("other.example"))
            await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("/"));

        PortalNginxHost.Certify(file, key, "portal.example");
        await host.Portal.EnsureAsync(default);
        using (var client = host.Client("portal.example"))
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
        Assert.NotEqual(first, host.Shown);

        // One that does not fit its key is refused by name, and what serves serves on.
        var served = await host.GenerationAsync();
        PortalNginxHost.Certify(file, Path.Combine(folder, "other.pem"), "portal.example");
        var trouble = await Assert.ThrowsAsync<WebHoster.Core.Errors.HostException>(() => host.Portal.EnsureAsync(default));
        Assert.Contains("Portal:Certificate", trouble.Message);
        Assert.Equal(served, await host.GenerationAsync());
    }

    [Fact]
    public async Task OurOwnCertificateIsKeptWhileItWillDoAndItsKeyIsForRootAlone()
    {
        var host = new PortalNginxHost();
        await using var end = new Ending(host);
        await host.InitializeAsync();
        var before = await host.GenerationAsync();
        await host.Portal.EnsureAsync(default);
        Assert.Equal(before, await host.GenerationAsync());
        Assert.Equal("600", (await Shell.RunAsync("stat", "--format=%a", Path.Combine(host.Folder, "tls", "self-signed.key"))).Ok());
    }

    /// <summary>Ends a host that no fixture holds.</summary>
    private sealed class Ending(PortalNginxHost host, string? folder = null) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            if (folder is not null)
                Directory.Delete(folder, recursive: true);
        }
    }
}
