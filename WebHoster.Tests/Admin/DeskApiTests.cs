using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Admin;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class DeskApiTests(PortalFixture portal)
{
    [Fact]
    public async Task AnAdministratorChangesAnybodysHostingAndTheAuditLogNamesWho()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var id = await RunningAsync(person);
        var answer = await admin.Http.PostAsync($"admin/hostings/{id}/stop", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var stop = await answer.DataAsync();
        Assert.Equal($"/api/v1/admin/operations/{stop.Text("id")}", answer.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync($"operations/{stop.Text("id")}")).StatusCode);
        await Problems.ExpectAsync(await admin.Http.PostAsync($"admin/hostings/{id}/stop", null), HttpStatusCode.Conflict);
        Assert.Equal(await admin.IdAsync(), await portal.Database.ScalarAsync<Guid>(
            "select actor_id from audit_entries where action = 'hosting.stop' and subject = @slug", ("slug", person.Name)));

        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync($"admin/hostings/{id}/rebuild", new { confirm = "another" }), HttpStatusCode.BadRequest, "confirm");
        Assert.Equal(HttpStatusCode.Accepted, (await admin.Http.DeleteAsync($"admin/hostings/{id}")).StatusCode);
        Assert.Equal("deleting", (await (await person.Http.GetAsync("host/my")).DataAsync()).Text("status"));
        await Problems.ExpectAsync(await admin.Http.PostAsync($"admin/hostings/{Guid.NewGuid()}/start", null), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task DisablingLeavesMachinesAloneUnlessTheyAreToStop()
    {
        var (admin, left, stopped) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal), await Person.AddAsync(portal));
        await RunningAsync(left);
        await RunningAsync(stopped);
        (await admin.Http.PostAsync($"admin/users/{await left.IdAsync()}/disable", null)).EnsureSuccessStatusCode();
        var answer = await admin.Http.PostAsync($"admin/users/{await stopped.IdAsync()}/disable?stop_hostings=true", null);
        Assert.Contains("Machines that stop: 1;", (await answer.JsonAsync()).Text("message"));
        Assert.Equal(("running", "stopping"), (await StatusAsync(left), await StatusAsync(stopped)));
        var other = await Person.AddAsync(portal);
        await Problems.ExpectAsync(
            await admin.Http.PostAsync($"admin/users/{await other.IdAsync()}/disable?stop_hostings=maybe", null), HttpStatusCode.BadRequest, "stop_hostings");
        Assert.Equal(HttpStatusCode.OK, (await other.Http.GetAsync("auth/me")).StatusCode);
    }

    [Fact]
    public async Task WhatNeedsAttentionIsFound()
    {
        var (admin, failed, silent, gone) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal), await Person.AddAsync(portal), await Person.AddAsync(portal));
        foreach (var person in new[] { failed, silent, gone })
            await RunningAsync(person);
        var before = await CountsAsync(admin);
        (await failed.Http.PostAsync("host/my/restart", null)).EnsureSuccessStatusCode();
        await portal.Engine.FailAsync(await portal.Engine.NewestOperationAsync(failed.Name), "The machine did not stop.");
        await portal.Engine.SetAsync(failed.Name, "failed");
        await portal.Engine.SetAsync(silent.Name, "running", "no_ssh");
        (await admin.Http.PostAsync($"admin/users/{await gone.IdAsync()}/disable", null)).EnsureSuccessStatusCode();
        await portal.Database.ExecuteAsync("insert into slots (number, state) values (9101, 'unusable')");
        var after = await CountsAsync(admin);
        foreach (var kind in new[] { "operation_failed", "hosting_failed", "hosting_unhealthy", "disabled_persons_hosting", "slot_unusable" })
            Assert.Equal(before.GetValueOrDefault(kind) + 1, after.GetValueOrDefault(kind));
        // No worker belongs to this portal.
        Assert.Equal(1, after["no_worker"]);
        var overview = await (await admin.Http.GetAsync("admin/overview")).DataAsync();
        var group = overview.GetProperty("attention").EnumerateArray().Single(a => a.Text("kind") == "operation_failed");
        Assert.Contains(group.GetProperty("items").EnumerateArray(), i => i.Text("subject") == failed.Name && i.Text("detail") == "The machine did not stop.");
        var restarts = overview.GetProperty("last_day").EnumerateArray().Single(d => d.Text("kind") == "restart");
        Assert.True(restarts.GetProperty("failed").GetInt32() >= 1);
        Assert.Equal(
            restarts.GetProperty("all").GetInt32(),
            new[] { "succeeded", "failed", "cancelled", "unfinished" }.Sum(m => restarts.GetProperty(m).GetInt32()));
    }

    [Fact]
    public async Task TheLastSignInIsKept()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var id = await person.IdAsync();
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await (await admin.Http.GetAsync($"admin/users/{id}")).DataAsync()).GetProperty("last_sign_in_at").ValueKind);
        (await Person.Stranger(portal).PostAsJsonAsync("auth/login", new { username = person.Name, password = Person.Password })).EnsureSuccessStatusCode();
        var at = (await (await admin.Http.GetAsync($"admin/users/{id}")).DataAsync()).GetProperty("last_sign_in_at").GetDateTimeOffset();
        Assert.InRange(at, DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task TheListsPagesHoldEachRowOnceWhateverTheyAreSortedBy()
    {
        var (admin, prefix) = (await Person.AddAdminAsync(portal), Person.NewName("many"));
        var names = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var person = await Person.AddAsync(portal, prefix);
            names.Add(person.Name);
            if (i % 2 == 0)
                (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        }
        foreach (var list in new[] { "users?sort=username", "users?sort=-email", "users?sort=-hostings", "users?sort=last_sign_in_at", "hostings?sort=-owner", "hostings?sort=slug" })
        {
            var seen = new List<string>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await (await admin.Http.GetAsync($"admin/{list}&limit=2&q={prefix}{cursor}")).JsonAsync();
                seen.AddRange(page.GetProperty("data").EnumerateArray().Select(r => list.StartsWith('u') ? r.Text("username") : r.Text("slug")));
                cursor = page.GetProperty("page").GetProperty("next_cursor").GetString() is { } next ? $"&cursor={next}" : null;
            }
            Assert.Equal(list.StartsWith('u') ? names.Order() : names.Where((_, i) => i % 2 == 0).Order(), seen.Order());
        }
    }

    private static async Task<Dictionary<string, int>> CountsAsync(Person admin) =>
        (await (await admin.Http.GetAsync("admin/overview")).DataAsync()).GetProperty("attention").EnumerateArray()
            .ToDictionary(a => a.Text("kind"), a => a.GetProperty("count").GetInt32());

    private Task<string?> StatusAsync(Person person) => portal.Database.ScalarAsync<string>("select status from hostings where slug = @slug", ("slug", person.Name));

    private async Task<string> RunningAsync(Person person)
    {
        var id = (await (await person.CreateHostingAsync()).DataAsync()).Text("id");
        await portal.Engine.CreateAsync(person.Name);
        return id;
    }
}
