using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Start;

/// <summary>A portal behind a proxy on this host, with tight limits.</summary>
public sealed class ProxiedPortalFixture : PortalFixture
{
    protected override Dictionary<string, string> Settings => new()
    {
        ["RateLimits__AuthPerMinute"] = "4",
        ["RateLimits__AccountPerMinute"] = "5",
        ["Proxy__Trusted__0"] = "127.0.0.0/8",
        ["Proxy__Trusted__1"] = "::1",
    };
}

[Trait("Category", "Integration")]
public sealed class TrustedProxyTests(ProxiedPortalFixture portal) : IClassFixture<ProxiedPortalFixture>
{
    private readonly HttpClient _http = Person.Stranger(portal);

    [Fact]
    public async Task EachClientOfATrustedProxyHasALimitOfItsOwnAndCannotForgeAnother()
    {
        for (var i = 0; i < 4; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync($"nobody-{i}", "203.0.113.7")).StatusCode);
        await Problems.ExpectAsync(await TryAsync("nobody-4", "203.0.113.7"), HttpStatusCode.TooManyRequests);
        // The proxy appends the address that it sees; what stands before it came from the client.
        await Problems.ExpectAsync(await TryAsync("nobody-5", "198.51.100.1, 203.0.113.7"), HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync("nobody-6", "203.0.113.8")).StatusCode);
    }

    [Fact]
    public async Task TheAuditNamesTheClientNotTheProxy()
    {
        await TryAsync("nobody-audited", "203.0.113.99");
        Assert.Equal(1, await portal.Database.ScalarAsync<long>(
            "select count(*) from audit_entries where action = 'account.sign_in' and host(address) = '203.0.113.99'"));
    }

    [Fact]
    public async Task OneAccountHasALimitThatManyAddressesDoNotGetRound()
    {
        // Two minutes may meet here, so up to twice the limit gets through.
        var answers = new List<HttpResponseMessage>();
        while (answers.Count < 11 && answers.All(a => a.StatusCode != HttpStatusCode.TooManyRequests))
            answers.Add(await TryAsync("one-account", $"192.0.2.{answers.Count}"));
        Assert.InRange(answers.Count, 6, 11);
        await Problems.ExpectAsync(answers[^1], HttpStatusCode.TooManyRequests);
        Assert.NotNull(answers[^1].Headers.RetryAfter);
        Assert.Contains("account", (await answers[^1].JsonAsync()).Text("message"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync("another-account", "192.0.2.200")).StatusCode);
    }

    [Fact]
    public async Task ThePageSaysSoToo()
    {
        var html = "";
        for (var i = 0; i < 11 && !html.Contains("tried too often"); i++)
        {
            using var browser = new HttpClient { BaseAddress = portal.Url, DefaultRequestHeaders = { { "X-Forwarded-For", $"192.0.2.{100 + i}" } } };
            html = await (await Pages.SubmitAsync(browser, "/login", ("Input.Name", "page-account"), ("Input.Password", "wrong wrong"))).Content.ReadAsStringAsync();
        }
        Assert.Contains("This account was tried too often just now", html);
    }

    private Task<HttpResponseMessage> TryAsync(string name, string client) => _http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "auth/login")
    {
        Content = JsonContent.Create(new { username = name, password = "wrong wrong wrong" }),
        Headers = { { "X-Forwarded-For", client } },
    });
}
