using System.Diagnostics;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Hostings;

/// <summary>The hub as others use it: Microsoft's client, the documented example, the real portal.</summary>
[Trait("Category", "Integration")]
public sealed class HubClientTests(QuickPortalFixture portal) : IClassFixture<QuickPortalFixture>
{
    [Fact]
    public async Task TheDocumentedExampleHearsOfItsOwnersHostingWithinASecondAndAStrangerHearsNothing()
    {
        var (owner, stranger) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        await using var mine = await HubWatch.StartAsync(portal.Url, Token(owner));
        await using var theirs = await HubWatch.StartAsync(portal.Url, Token(stranger));
        (await owner.CreateHostingAsync()).EnsureSuccessStatusCode();
        Assert.Contains($"\"slug\":\"{owner.Name}\"", await mine.HearAsync("hosting "));
        await portal.Engine.CreateAsync(owner.Name);
        await mine.HearAsync("\"status\":\"running\",\"health\":\"healthy\"");
        Assert.StartsWith("operation ", await mine.HearAsync("\"status\":\"succeeded\""));

        var watch = Stopwatch.StartNew();
        await portal.Engine.SetAsync(owner.Name, "running", "no_ssh");
        await mine.HearAsync("\"health\":\"no_ssh\"");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"It was heard after {watch.Elapsed}.");
        Assert.Empty(theirs.Heard());
    }

    [Fact]
    public async Task AnAdministratorHearsOfEverybodys()
    {
        var (admin, owner) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        await using var all = await HubWatch.StartAsync(portal.Url, Token(admin));
        (await owner.CreateHostingAsync()).EnsureSuccessStatusCode();
        await all.HearAsync($"\"slug\":\"{owner.Name}\"");
    }

    [Fact]
    public async Task ACutConnectionComesBackAndCatchesUp()
    {
        await using var line = CutLine.To(portal.Port);
        var owner = await Person.AddAsync(portal);
        (await owner.CreateHostingAsync()).EnsureSuccessStatusCode();
        await using var mine = await HubWatch.StartAsync(line.Url, Token(owner));
        line.Cut();
        await mine.HearAsync("away, reconnecting");
        await portal.Engine.SetAsync(owner.Name, "failed");
        line.Mend();
        // Nobody said so while it was away: the resync has the client ask.
        Assert.Contains("\"status\":\"failed\"", await mine.HearAsync("resync"));
        await portal.Engine.SetAsync(owner.Name, "running", "no_http");
        await mine.HearAsync("\"health\":\"no_http\"");
    }

    [Fact]
    public async Task WhoseTokenIsDeletedIsShutOutAndNobodyGetsInWithoutTheScope()
    {
        var owner = await Person.AddAsync(portal);
        var made = await (await owner.Http.PostAsJsonAsync("tokens", new { name = "watch", scopes = new[] { "read" } })).DataAsync();
        await using var mine = await HubWatch.StartAsync(portal.Url, made.Text("token"));
        (await owner.Http.DeleteAsync($"tokens/{made.Text("id")}")).EnsureSuccessStatusCode();
        await mine.HearAsync("away");

        var administrator = await (await Person.AddAdminAsync(portal)).WithTokenAsync(portal, "admin");
        await using var refused = HubWatch.Start(portal.Url, Token(administrator));
        await refused.HearAsync("403");
        await using var nobody = HubWatch.Start(portal.Url, "nothing");
        await nobody.HearAsync("401");
    }

    private static string Token(Person person) => person.Http.DefaultRequestHeaders.Authorization!.Parameter!;
}
