using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class ApiHostingTests(PortalFixture portal)
{
    private static readonly string[] Members =
    [
        "id", "slug", "url", "status", "health", "vm_id", "vm_ip", "ssh_host", "ssh_port", "ssh_command", "created_at", "operation_id",
        "keys_pending", "ssh_host_key",
    ];

    [Fact]
    public async Task ACreateWithoutAKeyHandsThePrivateOneOverOnce()
    {
        var person = await Person.AddAsync(portal);
        var answer = await person.Http.PostAsync("host", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var data = await answer.DataAsync();
        Assert.Equal($"/api/v1/operations/{data.Text("operation_id")}", answer.Headers.Location!.ToString());
        Assert.Equal([.. Members, "ssh_private_key"], data.EnumerateObject().Select(m => m.Name));
        Assert.StartsWith("-----BEGIN EC PRIVATE KEY-----", data.Text("ssh_private_key"));
        Assert.True(answer.Headers.CacheControl!.NoStore);

        var again = await (await person.Http.GetAsync("host/my")).DataAsync();
        Assert.Equal(Members, again.EnumerateObject().Select(m => m.Name));
        Assert.Equal((person.Name, "creating", "unknown"), (again.Text("slug"), again.Text("status"), again.Text("health")));
        Assert.Equal($"http://localhost:8088/{person.Name}/", again.Text("url"));
        Assert.Equal(again.ToString(), (await (await person.Http.GetAsync("host")).DataAsync()).ToString());
    }

    [Fact]
    public async Task ACreateWithOnesOwnKeyCarriesNoPrivateKey()
    {
        var person = await Person.AddAsync(portal);
        var answer = await person.Http.PostAsJsonAsync("host", new { ssh_public_key = TestKeys.Public });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(Members, (await answer.DataAsync()).EnumerateObject().Select(m => m.Name));
        var key = Assert.Single((await (await person.Http.GetAsync("ssh-keys")).DataAsync()).EnumerateArray());
        Assert.StartsWith(key.Text("public_key"), TestKeys.Public);
    }

    [Fact]
    public async Task ADamagedKeyIsA400AndLeavesNothing()
    {
        var person = await Person.AddAsync(portal);
        await Problems.ExpectAsync(await person.Http.PostAsJsonAsync("host", new { ssh_public_key = "ssh-ed25519 AAAA\nevil" }), HttpStatusCode.BadRequest, "ssh_public_key");
        await Problems.ExpectAsync(await person.Http.GetAsync("host/my"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task OfTwentyCreatesAtOnceOneIsAcceptedAndTheOthersConflict()
    {
        var person = await Person.AddAsync(portal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => person.CreateHostingAsync()));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Accepted);
        foreach (var other in answers.Where(a => a.StatusCode != HttpStatusCode.Accepted))
            await Problems.ExpectAsync(other, HttpStatusCode.Conflict);
        Assert.Equal(1, await portal.Database.ScalarAsync<long>("select count(*) from hostings where slug = @slug", ("slug", person.Name)));
        Assert.Equal(1, await portal.Database.ScalarAsync<long>("select count(*) from operations where slug = @slug", ("slug", person.Name)));
    }

    [Fact]
    public async Task ARepeatedDeleteGivesTheSame202AndAfterwardsThereIsNothing()
    {
        var person = await RunningAsync();
        var first = await person.Http.DeleteAsync("host/my");
        var second = await person.Http.DeleteAsync("host");
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal("deleting", (await second.DataAsync()).Text("status"));
        await portal.Engine.EraseAsync(person.Name);
        await portal.Engine.SucceedAsync(await portal.Engine.NewestOperationAsync(person.Name));
        await Problems.ExpectAsync(await person.Http.DeleteAsync("host/my"), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await person.Http.GetAsync("host/my"), HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("stop", "stopping")]
    [InlineData("restart", "starting")]
    public async Task ARunningHostingCanBeAskedTo(string verb, string status)
    {
        var person = await RunningAsync();
        var answer = await person.Http.PostAsync($"host/my/{verb}", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(status, (await answer.DataAsync()).Text("status"));
        await Problems.ExpectAsync(await person.Http.PostAsync("host/my/restart", null), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task WhatTheStateForbidsIsA409AndWithoutAHostingA404()
    {
        var person = await RunningAsync();
        await Problems.ExpectAsync(await person.Http.PostAsync("host/my/start", null), HttpStatusCode.Conflict);
        var other = await Person.AddAsync(portal);
        foreach (var verb in new[] { "start", "stop", "restart", "rebuild" })
            await Problems.ExpectAsync(await other.Http.PostAsync($"host/my/{verb}", null), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ARebuildNeedsNoNameAndRefusesAnotherOne()
    {
        var person = await RunningAsync();
        await Problems.ExpectAsync(await person.Http.PostAsJsonAsync("host/my/rebuild", new { confirm = "other" }), HttpStatusCode.BadRequest, "confirm");
        var answer = await person.Http.PostAsJsonAsync("host/my/rebuild", new { });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("rebuilding", (await answer.DataAsync()).Text("status"));
    }

    [Fact]
    public async Task AfterAFailedCreateThereIsNoHostingAndTheOperationTellsWhy()
    {
        var person = await Person.AddAsync(portal);
        var accepted = await person.CreateHostingAsync();
        await portal.Engine.FailCreateAsync(person.Name, "The machine did not start.");
        await Problems.ExpectAsync(await person.Http.GetAsync("host/my"), HttpStatusCode.NotFound);
        var operation = await (await person.Http.GetAsync(accepted.Headers.Location)).DataAsync();
        Assert.Equal(("failed", "The machine did not start."), (operation.Text("status"), operation.Text("error")));
    }

    private async Task<Person> RunningAsync()
    {
        var person = await Person.AddAsync(portal);
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(person.Name);
        return person;
    }
}
