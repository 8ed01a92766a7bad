using System.Net;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

/// <summary>A portal whose keys change between two starts.</summary>
public sealed class RotatingPortalFixture : PortalFixture
{
    public Dictionary<string, string> Keys { get; set; } = [];

    protected override Dictionary<string, string> Settings => new(base.Settings.Concat(Keys));
}

[Trait("Category", "Integration")]
public sealed class KeyRotationTests(RotatingPortalFixture portal) : IClassFixture<RotatingPortalFixture>
{
    private const string Old = "the-first-key-the-first-key-the-first-key";
    private const string New = "the-second-key-the-second-key-the-second-key";

    [Fact]
    public async Task ThePreviousKeysTokensCountUntilItIsTakenAway()
    {
        await StartWithAsync(new() { ["Jwt__Key"] = Old });
        var before = await Person.RegisterAsync(portal);

        await StartWithAsync(new() { ["Jwt__Key"] = New, ["Jwt__PreviousKey"] = Old });
        var after = await Person.RegisterAsync(portal);
        Assert.Equal(HttpStatusCode.OK, (await before.Http.GetAsync("auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await after.Http.GetAsync("auth/me")).StatusCode);

        await StartWithAsync(new() { ["Jwt__Key"] = New });
        await Problems.ExpectAsync(await before.Http.GetAsync("auth/me"), HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await after.Http.GetAsync("auth/me")).StatusCode);
    }

    private async Task StartWithAsync(Dictionary<string, string> keys)
    {
        await portal.StopAsync();
        portal.Keys = keys;
        await portal.StartAsync();
    }
}
