using System.Net;
using System.Net.Http.Json;
using WebHoster.Core.Ports;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

/// <summary>A running pair with guests bob and bobby, and a hosting in every state.</summary>
public sealed class TwoGuests : IAsyncLifetime
{
    public NginxHost Host { get; } = new();

    public NginxGuest Bob { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Host.InitializeAsync();
        Bob = await Host.AddGuestAsync(1, "bob");
        await Host.AddGuestAsync(2, "bobby");
        string[] states = ["creating", "starting", "rebuilding", "stopping", "stopped", "failed", "deleting", "running"];
        await Host.Proxy.ApplyAsync(
            new RouteTable(
                [Host.Route("bob", 1), Host.Route("bobby", 2), Host.Route("gone", 3), .. states.Select(s => new SiteRoute($"is-{s}", null, s))],
                [1, 2]),
            default);
    }

    public Task DisposeAsync() => Host.DisposeAsync();

    public async Task<SeenRequest> SeenAsync(string target, params (string, string)[] headers)
    {
        using var response = await Host.GetAsync(target, headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<SeenRequest>())!;
    }
}

[Trait("Category", "Integration")]
public sealed class SitesRoutingTests(TwoGuests guests) : IClassFixture<TwoGuests>
{
    private readonly NginxHost host = guests.Host;

    [Theory]
    [InlineData("/bob/", "bob", "/")]
    [InlineData("/bobby/", "bobby", "/")]
    [InlineData("/bob/bobby/", "bob", "/bobby/")]
    [InlineData("/bob/a%2Fb%20c", "bob", "/a%2Fb%20c")]
    [InlineData("/bob//double//slash", "bob", "//double//slash")]
    [InlineData("/bob/?q=/bobby/&r=%2f", "bob", "/?q=/bobby/&r=%2f")]
    [InlineData("/bob/%ED%95%9C%EA%B8%80?", "bob", "/%ED%95%9C%EA%B8%80?")]
    [InlineData("/bob/a;b=c,d+e~f!$&'()*", "bob", "/a;b=c,d+e~f!$&'()*")]
    public async Task TheGuestSeesItsOwnPathJustAsItWasSent(string target, string guest, string seen)
    {
        var request = await guests.SeenAsync(target);

        Assert.Equal((guest, seen), (request.Guest, request.Target));
    }

    [Theory]
    [InlineData("/bob/../bobby/")]
    [InlineData("/bob/%2e%2e/bobby/")]
    [InlineData("/bob/..%2fbobby/")]
    [InlineData("/bob//../../bobby/")]
    [InlineData("/bob/x/../../bobby/?y")]
    public async Task NoDotsLeadFromOneSlugToAnothersGuest(string target)
    {
        using var response = await host.GetAsync(target);

        var body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("\"guest\":\"bobby\"", body);
    }

    [Theory]
    [InlineData("/nobody")]
    [InlineData("/nobody/")]
    [InlineData("/bobb/")]
    [InlineData("/bobby-/")]
    [InlineData("/BOB/")]
    [InlineData("/%62ob/")]
    [InlineData("//bob/")]
    [InlineData("/bob%2f")]
    [InlineData("/_pages/404.html")]
    [InlineData("/.well-known/acme-challenge/x")]
    [InlineData("/nobody/%00")]
    public async Task WhatNobodyPublishedIsA404OrABadRequestAndNeverAGuest(string target)
    {
        using var response = await host.GetAsync(target);

        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
        if (response.StatusCode == HttpStatusCode.NotFound)
            Assert.Contains("There is no site here", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("ko-KR,ko;q=0.9,en;q=0.8", "여기에는 사이트가 없어요")]
    [InlineData("en-US,en;q=0.9,ko;q=0.8", "There is no site here")]
    [InlineData("../../etc", "There is no site here")]
    public async Task WhatNginxItselfSaysIsInTheVisitorsLanguage(string languages, string words)
    {
        foreach (var (target, known) in new[] { ("/nobody/", words), ("/is-stopped/", null), ("/", null) })
        {
            var request = host.Request(HttpMethod.Get, target);
            request.Headers.TryAddWithoutValidation("Accept-Language", languages);
            using var response = await host.Http.SendAsync(request);
            var page = await response.Content.ReadAsStringAsync();
            Assert.Contains("Accept-Language", response.Headers.Vary);
            Assert.Contains($"<html lang=\"{(words[0] > 'z' ? "ko" : "en")}\">", page);
            Assert.Contains(known ?? "", page);
        }
    }

    [Theory]
    [InlineData("/bob", "/bob/")]
    [InlineData("/bob?x=1&y=%20", "/bob/?x=1&y=%20")]
    [InlineData("/is-stopped", "/is-stopped/")]
    public async Task ASlugWithoutItsSlashIsRedirectedWithinTheOrigin(string target, string location)
    {
        using var response = await host.GetAsync(target);

        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal(location, response.Headers.GetValues("Location").Single());
    }

    [Theory]
    [InlineData("creating", 5, "being built", true)]
    [InlineData("starting", 5, "waking up", true)]
    [InlineData("rebuilding", 5, "being rebuilt", true)]
    [InlineData("stopping", 60, "closing down", false)]
    [InlineData("stopped", 60, "switched off", false)]
    [InlineData("failed", 60, "has a problem", false)]
    [InlineData("deleting", 60, "being removed", false)]
    [InlineData("running", 60, "not available", false)]
    public async Task AStateHasItsOwnPageWith503AndATimeToComeBack(string state, int seconds, string words, bool refreshes)
    {
        using var response = await host.Http.SendAsync(host.Request(HttpMethod.Post, $"/is-{state}/form?x"));

        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(seconds), response.Headers.RetryAfter!.Delta);
        Assert.Contains(words, page);
        Assert.Equal(refreshes, page.Contains("http-equiv=\"refresh\"", StringComparison.Ordinal));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task AGuestThatIsDownIsA502WithAPage()
    {
        using var response = await host.GetAsync("/gone/");

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Contains("does not answer", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task TheGuestsOwnErrorPagesStay(int status)
    {
        using var response = await host.GetAsync($"/bob/?status={status}");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("\"guest\":\"bob\"", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task TheRootSaysWhatThisIsAndLinksToThePortal()
    {
        using var response = await host.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("href=\"http://localhost:8080\"", await response.Content.ReadAsStringAsync());
        Assert.Equal("nginx", response.Headers.Server.ToString());
    }

    [Fact]
    public async Task TheProxyAsksSitesAsAVisitorDoes()
    {
        Assert.Equal(200, (await host.Proxy.AskSiteAsync("bob", default)).Status);
        Assert.Equal(404, (await host.Proxy.AskSiteAsync("nobody", default)).Status);
        Assert.Equal(503, (await host.Proxy.AskSiteAsync("is-creating", default)).Status);
    }

    [Fact]
    public async Task TheAccessLogHasSlugAndTimesButNoQuery()
    {
        await guests.SeenAsync("/bob/logged?token=secret");
        (await host.GetAsync("/gone/?token=secret")).Dispose();

        await Eventually.TrueAsync(() => File.ReadAllText(host.Sites.AccessLog).Contains("/bob/logged\"", StringComparison.Ordinal));
        var line = File.ReadLines(host.Sites.AccessLog).Single(l => l.Contains("/bob/logged", StringComparison.Ordinal));
        Assert.Matches("\"slug\":\"bob\".*\"guest_seconds\":\"[0-9.]+\"", line);
        Assert.DoesNotContain("secret", File.ReadAllText(host.Sites.AccessLog) + File.ReadAllText(host.Sites.ErrorLog));
    }
}
