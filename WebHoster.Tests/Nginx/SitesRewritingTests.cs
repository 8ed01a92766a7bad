using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

[Trait("Category", "Integration")]
public sealed class SitesRewritingTests(TwoGuests guests) : IClassFixture<TwoGuests>
{
    private readonly NginxHost host = guests.Host;

    [Theory]
    [InlineData("/next", "/bob/next")]
    [InlineData("/", "/bob/")]
    [InlineData("/a%2Fb?q=%20", "/bob/a%2Fb?q=%20")]
    [InlineData("next/page", "next/page")]
    [InlineData("?page=2", "?page=2")]
    [InlineData("http://{host}:{port}/next", "/bob/next")]
    [InlineData("https://{host}:{port}/next", "/bob/next")]
    [InlineData("http://{host}/next", "/bob/next")]
    [InlineData("HTTP://{HOST}/next", "/bob/next")]
    [InlineData("http://{host}:{port}", "/bob/")]
    [InlineData("http://{host}?q=1", "/bob/?q=1")]
    [InlineData("/bob/next", "/bob/next")]
    [InlineData("http://{host}:{port}/bob/next", "/bob/next")]
    [InlineData("/bobby/next", "/bob/bobby/next")]
    [InlineData("//elsewhere.example/next", "//elsewhere.example/next")]
    [InlineData("http://elsewhere.example/next", "http://elsewhere.example/next")]
    [InlineData("http://{host}.elsewhere.example/", "http://{host}.elsewhere.example/")]
    [InlineData("http://{host}:1/portal", "http://{host}:1/portal")]
    public async Task ALocationOnThisOriginGetsThePrefixBackAndNoOther(string said, string seen)
    {
        using var response = await host.GetAsync(
            $"/bob/?status=302&location={Uri.EscapeDataString(Fill(said))}", ("Host", $"sites.example:{host.SitesPort}"));

        Assert.Equal(Fill(seen), response.Headers.GetValues("Location").Single());
    }

    [Theory]
    [InlineData("a=1; path=/", "a=1; path=/bob/")]
    [InlineData("a=1; path=/; httponly", "a=1; path=/bob/; httponly")]
    [InlineData("a=1; path=/shop", "a=1; path=/bob/shop")]
    [InlineData("a=1; path=/bob", "a=1; path=/bob")]
    [InlineData("a=1; path=/bob/shop", "a=1; path=/bob/shop")]
    [InlineData("a=1; path=/bobby", "a=1; path=/bob/bobby")]
    [InlineData("a=1", "a=1")]
    public async Task ACookiePathGetsThePrefixBack(string said, string seen)
    {
        using var response = await host.GetAsync($"/bob/?cookie={Uri.EscapeDataString(said)}&cookie={Uri.EscapeDataString("b=2; path=/b")}");

        Assert.Equal([seen, "b=2; path=/bob/b"], response.Headers.GetValues("Set-Cookie"));
    }

    [Theory]
    [InlineData(".WebHoster.Auth=x", "")]
    [InlineData("a=1; .WebHoster.Auth=x; b=2", "a=1; b=2")]
    [InlineData(".webhoster.AuthC1=x; .WebHoster.AuthC2=y; .WebHoster.Antiforgery.q=z; b=2", "b=2")]
    [InlineData("a=1; b=.WebHoster.no; x.WebHoster.y=1", "a=1; b=.WebHoster.no; x.WebHoster.y=1")]
    [InlineData(".WebHoster.1=x; .WebHoster.2=x; .WebHoster.3=x; .WebHoster.4=x; .WebHoster.5=x; b=2", "")]
    public async Task ThePortalsCookiesNeverReachAGuest(string sent, string seen)
    {
        var request = await guests.SeenAsync("/bob/", ("Cookie", sent));

        Assert.Equal(seen, request.Headers.GetValueOrDefault("Cookie", "").TrimEnd(' ', ';'));
    }

    [Fact]
    public async Task TheGuestLearnsWhoAsksAndUnderWhichNameWhateverTheVisitorClaims()
    {
        var request = await guests.SeenAsync(
            "/bob/", ("Host", "sites.example:81"), ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Prefix", "/evil"),
            ("X-Forwarded-Host", "evil"), ("X-Real-IP", "6.6.6.6"), ("Forwarded", "for=6.6.6.6"), ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Server", "evil"));

        Assert.Equal("127.0.0.1", request.Headers["X-Forwarded-For"]);
        Assert.Equal("127.0.0.1", request.Headers["X-Real-IP"]);
        Assert.Equal("http", request.Headers["X-Forwarded-Proto"]);
        Assert.Equal("sites.example:81", request.Headers["X-Forwarded-Host"]);
        Assert.Equal("sites.example:81", request.Headers["Host"]);
        Assert.Equal("/bob", request.Headers["X-Forwarded-Prefix"]);
        Assert.DoesNotContain("Forwarded", request.Headers.Keys);
        Assert.DoesNotContain("X-Forwarded-Server", request.Headers.Keys);
    }

    [Theory]
    [InlineData("GET http://evil.example/bob/x HTTP/1.1\r\nHost: sites.example\r\n", "/x")]
    [InlineData("GET /bob/x HTTP/1.0\r\n", "/x")]
    [InlineData("GET /bob/x?/../bobby/ HTTP/1.1\r\nHost: sites.example\r\n", "/x?/../bobby/")]
    public async Task UnusualButValidRequestLinesReachTheSameGuest(string head, string seen)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.SitesPort);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{head}Connection: close\r\n\r\n"));

        var answer = await new StreamReader(client.GetStream()).ReadToEndAsync();

        Assert.Contains($"\"guest\":\"bob\",\"method\":\"GET\",\"target\":\"{seen}\"", answer);
    }

    [Fact]
    public async Task OnlyAWebSocketIsUpgraded()
    {
        var request = await guests.SeenAsync("/bob/", ("Upgrade", "h2c"), ("Connection", "Upgrade, HTTP2-Settings"));

        Assert.DoesNotContain("Upgrade", request.Headers.Keys);
        Assert.Equal("close", request.Headers["Connection"]);
    }

    [Fact]
    public async Task AGuestCannotSendNginxToItsOwnFiles()
    {
        using var response = await host.GetAsync("/bob/?header=X-Accel-Redirect=/_pages/index.html");

        Assert.Equal("bob", (await response.Content.ReadFromJsonAsync<SeenRequest>())!.Guest);
    }

    [Fact]
    public async Task TextIsCompressedAndTypesAreNotGuessed()
    {
        using var response = await host.GetAsync("/bob/?text=5000&header=Content-Type=text/plain", ("Accept-Encoding", "gzip"));

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    private string Fill(string text) => text.Replace("{host}", "sites.example", StringComparison.Ordinal)
        .Replace("{HOST}", "SITES.example", StringComparison.Ordinal).Replace("{port}", $"{host.SitesPort}", StringComparison.Ordinal);
}
