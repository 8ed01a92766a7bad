using System.Net;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Start;

[Trait("Category", "Integration")]
public sealed class LostDatabaseTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task WithoutItsDatabaseThePortalSaysSoAndItGoesOnAfterwards()
    {
        var person = await Person.AddAsync(portal);
        using var http = new HttpClient { BaseAddress = portal.Url };

        await portal.Database.CutOffAsync();
        var answer = await person.Http.GetAsync("auth/me");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("database", (await answer.JsonAsync()).Text("message"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live")).StatusCode);

        await portal.Database.LetInAsync();
        await Eventually.TrueAsync(async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync("auth/me")).StatusCode);
    }
}
