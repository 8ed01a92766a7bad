using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Start;

/// <summary>A portal with a tight limit.</summary>
public sealed class TightPortalFixture : PortalFixture
{
    protected override Dictionary<string, string> Settings => new() { ["RateLimits__AuthPerMinute"] = "3", ["RateLimits__CreationsPerDay"] = "2" };
}

/// <summary>A portal with the tightest limits, switched off.</summary>
public sealed class UnlimitedPortalFixture : PortalFixture
{
    protected override Dictionary<string, string> Settings => new(base.Settings)
    {
        ["RateLimits__AuthPerMinute"] = "1",
        ["RateLimits__AccountPerMinute"] = "1",
    };
}

[Trait("Category", "Integration")]
public sealed class RateLimitTests(TightPortalFixture portal) : IClassFixture<TightPortalFixture>
{
    [Fact]
    public async Task Past_the_limit_a_sign_in_is_a_429_whatever_the_headers_say()
    {
        var http = Person.Stranger(portal);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync(http, i)).StatusCode);
        var answer = await TryAsync(http, 9);
        await Problems.ExpectAsync(answer, HttpStatusCode.TooManyRequests);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/login")).StatusCode);
    }

    [Fact]
    public async Task Past_the_days_share_a_creation_is_a_429_that_says_when()
    {
        var person = await Person.AddAsync(portal);
        for (var i = 0; i < 2; i++)
        {
            (await person.Http.PostAsync("host", null)).EnsureSuccessStatusCode();
            await portal.Engine.CreateAsync(person.Name);
            (await person.Http.DeleteAsync("host/my")).EnsureSuccessStatusCode();
            await portal.Engine.EraseAsync(person.Name);
        }
        var answer = await person.Http.PostAsync("host", null);
        await Problems.ExpectAsync(answer, HttpStatusCode.TooManyRequests);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalHours, 23, 24);
    }

    private static Task<HttpResponseMessage> TryAsync(HttpClient http, int i) => http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "auth/login")
    {
        Content = JsonContent.Create(new { username = "nobody", password = "wrong wrong wrong" }),
        Headers = { { "X-Forwarded-For", $"203.0.113.{i}" } },
    });
}

[Trait("Category", "Integration")]
public sealed class NoRateLimitTests(UnlimitedPortalFixture portal) : IClassFixture<UnlimitedPortalFixture>
{
    [Fact]
    public async Task SwitchedOffNoLimitHolds()
    {
        for (var i = 0; i < 3; i++)
        {
            var answer = await Person.Stranger(portal).PostAsJsonAsync("auth/login", new { username = "nobody", password = "wrong wrong wrong" });
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }
}
