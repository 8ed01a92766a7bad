using System.Net.WebSockets;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class HostingHubTests(PortalFixture portal)
{
    [Fact]
    public async Task AnOwnerHearsOfTheirHostingAndAStrangerDoesNot()
    {
        var (owner, stranger) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        using var mine = await ConnectAsync(owner);
        using var theirs = await ConnectAsync(stranger);
        (await owner.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(owner.Name);

        var heard = await HubConnection.ReadUntilAsync(mine, "\"status\":\"running\",\"health\":\"healthy\"");
        Assert.Contains($"\"slug\":\"{owner.Name}\"", heard);
        Assert.DoesNotContain("PRIVATE KEY", heard);
        (await stranger.CreateHostingAsync()).EnsureSuccessStatusCode();
        Assert.DoesNotContain(owner.Name, await HubConnection.ReadUntilAsync(theirs, $"\"slug\":\"{stranger.Name}\""));
    }

    [Fact]
    public async Task AnAPITokenOpensTheHubWhereItMayRead()
    {
        var person = await Person.AddAdminAsync(portal);
        using var mine = await ConnectAsync(await person.WithTokenAsync(portal, "read"));
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        Assert.Contains(person.Name, await HubConnection.ReadUntilAsync(mine, $"\"slug\":\"{person.Name}\""));

        var other = await person.WithTokenAsync(portal, "admin");
        Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(other))).Message);
    }

    [Fact]
    public async Task AChangeOfAnotherHostingTellsOfThatOne()
    {
        var owner = await Person.AddAsync(portal);
        await TestPlans.GiveAsync(portal.Database, owner.Name, 2);
        (await owner.CreateHostingAsync()).EnsureSuccessStatusCode();
        (await owner.Http.PostAsync("hostings", null)).EnsureSuccessStatusCode();
        using var mine = await ConnectAsync(owner);
        await portal.Engine.SetAsync($"{owner.Name}-2", "running", "no_ssh");
        var heard = await HubConnection.ReadUntilAsync(mine, "\"health\":\"no_ssh\"");
        Assert.Contains($"\"slug\":\"{owner.Name}-2\"", heard);
    }

    [Fact]
    public async Task NobodyGetsInWithoutAToken()
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => HubConnection.OpenAsync(portal, "nothing"));
        Assert.Contains("401", refused.Message);
    }

    private Task<ClientWebSocket> ConnectAsync(Person person) =>
        HubConnection.OpenAsync(portal, person.Http.DefaultRequestHeaders.Authorization!.Parameter!);
}
