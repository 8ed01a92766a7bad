using System.Net;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Admin;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class AllHostingsApiTests(PortalFixture portal)
{
    [Fact]
    public async Task AnAdministratorSeesEverybodysHostingsAndOperationsWithTheirOwners()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(person.Name);

        var hosting = Assert.Single((await (await admin.Http.GetAsync($"admin/hostings?slug={person.Name}&status=running")).DataAsync()).EnumerateArray());
        Assert.Equal((person.Name, "running", "healthy"), (hosting.GetProperty("owner").Text("username"), hosting.Text("status"), hosting.Text("health")));
        Assert.False(hosting.TryGetProperty("ssh_private_key", out _));
        Assert.Empty((await (await admin.Http.GetAsync($"admin/hostings?slug={person.Name}&status=failed")).DataAsync()).EnumerateArray());
        await Problems.ExpectAsync(await admin.Http.GetAsync("admin/hostings?status=nonsense"), HttpStatusCode.BadRequest, "status");

        var operation = Assert.Single((await (await admin.Http.GetAsync($"admin/operations?owner_id={await person.IdAsync()}")).DataAsync()).EnumerateArray());
        Assert.Equal((hosting.Text("operation_id"), person.Name, "succeeded"), (operation.Text("id"), operation.Text("slug"), operation.Text("status")));
        var alone = await (await admin.Http.GetAsync($"admin/operations/{operation.Text("id")}")).DataAsync();
        Assert.Equal(operation.ToString(), alone.ToString());
        await Problems.ExpectAsync(await admin.Http.GetAsync($"admin/operations/{Guid.NewGuid()}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task WhatFailedIsAskedForAgainInItsOwnersName()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(person.Name);
        var create = await portal.Engine.NewestOperationAsync(person.Name);
        await Problems.ExpectAsync(await RetryAsync(create), HttpStatusCode.Conflict);

        (await person.Http.PostAsync("host/my/restart", null)).EnsureSuccessStatusCode();
        var restart = await portal.Engine.NewestOperationAsync(person.Name);
        await Problems.ExpectAsync(await RetryAsync(restart), HttpStatusCode.Conflict);
        await portal.Engine.SetAsync(person.Name, "failed");
        await portal.Engine.FailAsync(restart, "It did not stop.");

        var answer = await RetryAsync(restart);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var again = await answer.DataAsync();
        Assert.Equal(("restart", "queued", person.Name), (again.Text("kind"), again.Text("status"), again.GetProperty("owner").Text("username")));
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync(answer.Headers.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync($"operations/{again.Text("id")}")).StatusCode);
        Assert.Equal(await admin.IdAsync(), await portal.Database.ScalarAsync<Guid>(
            "select actor_id from audit_entries where action = 'hosting.restart' and subject = @slug order by id desc limit 1", ("slug", person.Name)));
        // The first restart is history now.
        await Problems.ExpectAsync(await RetryAsync(restart), HttpStatusCode.Conflict);
        await Problems.ExpectAsync(await RetryAsync(Guid.NewGuid()), HttpStatusCode.NotFound);

        Task<HttpResponseMessage> RetryAsync(Guid id) => admin.Http.PostAsync($"admin/operations/{id}/retry", null);
    }

    [Fact]
    public async Task AFailedCreateIsMadeAnewWithTheSameNameAndKeyInItsOwnersName()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        var create = await portal.Engine.NewestOperationAsync(person.Name);
        await portal.Engine.FailCreateAsync(person.Name, "The machine did not start.");
        await Problems.ExpectAsync(await admin.Http.PostAsync($"admin/operations/{create}/cancel", null), HttpStatusCode.Conflict);
        var answer = await admin.Http.PostAsync($"admin/operations/{create}/retry", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var again = await answer.DataAsync();
        Assert.Equal(("create", "queued", person.Name), (again.Text("kind"), again.Text("status"), again.GetProperty("owner").Text("username")));
        Assert.Equal(person.Name, (await (await person.Http.GetAsync("host/my")).DataAsync()).Text("slug"));
        Assert.Equal(await KeyAsync(create), await KeyAsync(Guid.Parse(again.Text("id"))));
        Assert.Equal(await KeyAsync(create), await portal.Database.ScalarAsync<string>(
            "select k.type || ' ' || k.blob from ssh_keys k join hostings h on h.id = k.hosting_id where h.slug = @slug", ("slug", person.Name)));
        // Once is enough: the plan allows no more.
        await Problems.ExpectAsync(await admin.Http.PostAsync($"admin/operations/{create}/retry", null), HttpStatusCode.Conflict);

        Task<string?> KeyAsync(Guid operation) => portal.Database.ScalarAsync<string>("select public_key from operations where id = @id", ("id", operation));
    }

    [Fact]
    public async Task ACancelledCreateIsAnsweredByTheDeleteThatUndoesItWhichCannotBeCancelled()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        var create = await portal.Engine.NewestOperationAsync(person.Name);
        var answer = await admin.Http.PostAsync($"admin/operations/{create}/cancel", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var delete = await answer.DataAsync();
        Assert.Equal(("delete", "queued"), (delete.Text("kind"), delete.Text("status")));
        var cancelled = await (await person.Http.GetAsync($"operations/{create}")).DataAsync();
        Assert.Equal(("cancelled", "An administrator called this off."), (cancelled.Text("status"), cancelled.Text("error")));
        Assert.Equal("deleting", (await (await person.Http.GetAsync("host/my")).DataAsync()).Text("status"));
        await Problems.ExpectAsync(await admin.Http.PostAsync($"admin/operations/{delete.Text("id")}/cancel", null), HttpStatusCode.Conflict);
        Assert.Equal(1, await portal.Database.ScalarAsync<long>(
            "select count(*) from audit_entries where action = 'operation.cancel' and subject = @subject", ("subject", $"create {person.Name}")));
    }

    [Fact]
    public async Task CapacityCountsSlotsAndWhatHostingsReserve()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var before = await (await admin.Http.GetAsync("admin/capacity")).DataAsync();
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Database.ExecuteAsync(
            "insert into slots (number, state, released_at) values (9001, 'resting', now()), (9002, 'resting', now() - interval '1 year'), (9003, 'unusable', null)");
        var after = await (await admin.Http.GetAsync("admin/capacity")).DataAsync();
        Assert.Equal(
            (1, 1, 1, -3, 0), (Grown("held"), Grown("resting"), Grown("unusable"), Grown("free"), Grown("total")));
        Assert.Equal(10001, after.GetProperty("slots").GetProperty("total").GetInt32());
        foreach (var (member, size) in new[] { ("hostings", 1), ("memory_mb", 1024), ("vcpus", 1), ("disk_gb", 10) })
            Assert.Equal(size, after.GetProperty("reserved").GetProperty(member).GetInt64() - before.GetProperty("reserved").GetProperty(member).GetInt64());
        Assert.True(after.GetProperty("host").GetProperty("memory_mb").GetInt64() > 0);
        Assert.True(after.GetProperty("host").GetProperty("disk_gb").GetInt64() > 0);
        Assert.Equal(Environment.ProcessorCount, after.GetProperty("host").GetProperty("cpus").GetInt32());

        int Grown(string member) => after.GetProperty("slots").GetProperty(member).GetInt32() - before.GetProperty("slots").GetProperty(member).GetInt32();
    }

    [Fact]
    public async Task WhereNoWorkerEverStartedThereAreNoJobs()
    {
        var jobs = await (await (await Person.AddAdminAsync(portal)).Http.GetAsync("admin/jobs")).DataAsync();
        Assert.Equal((0, 0), (jobs.GetProperty("jobs").GetArrayLength(), jobs.GetProperty("workers").GetArrayLength()));
    }
}
