using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Admin;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class UserApiTests(PortalFixture portal)
{
    [Theory]
    [InlineData("GET", "users")]
    [InlineData("GET", "users/00000000-0000-0000-0000-000000000000")]
    [InlineData("POST", "users/00000000-0000-0000-0000-000000000000/disable")]
    [InlineData("PUT", "users/00000000-0000-0000-0000-000000000000/plan")]
    [InlineData("GET", "plans")]
    [InlineData("POST", "plans")]
    [InlineData("GET", "hostings")]
    [InlineData("GET", "operations")]
    [InlineData("POST", "operations/00000000-0000-0000-0000-000000000000/cancel")]
    [InlineData("POST", "hostings/00000000-0000-0000-0000-000000000000/stop")]
    [InlineData("DELETE", "hostings/00000000-0000-0000-0000-000000000000")]
    [InlineData("GET", "settings")]
    [InlineData("PUT", "settings/registration_open")]
    [InlineData("GET", "announcements")]
    [InlineData("POST", "announcements")]
    [InlineData("GET", "overview")]
    [InlineData("GET", "capacity")]
    [InlineData("GET", "jobs")]
    [InlineData("POST", "jobs/sweep-host/pause")]
    [InlineData("GET", "operations/00000000-0000-0000-0000-000000000000/log")]
    [InlineData("GET", "drift/findings")]
    [InlineData("POST", "drift/repair")]
    [InlineData("GET", "alerts")]
    [InlineData("POST", "alerts/targets")]
    public async Task OthersAreRefusedAndStrangersHaveToSignIn(string method, string path)
    {
        var person = await Person.AddAsync(portal);
        var answer = await person.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"admin/{path}") { Content = JsonContent.Create(new { }) });
        await Problems.ExpectAsync(answer, HttpStatusCode.Forbidden);
        Assert.Equal("Only administrators may do this.", (await answer.JsonAsync()).Text("message"));
        await Problems.ExpectAsync(await Person.Stranger(portal).SendAsync(new HttpRequestMessage(new HttpMethod(method), $"admin/{path}")), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task AnAdministratorSeesEverybodyInPagesAndCanFilter()
    {
        var admin = await Person.AddAdminAsync(portal);
        var (first, second) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        (await first.CreateHostingAsync()).EnsureSuccessStatusCode();

        var page = await (await admin.Http.GetAsync("admin/users?limit=1")).JsonAsync();
        Assert.Equal(second.Name, page.GetProperty("data")[0].Text("username"));
        var cursor = page.GetProperty("page").Text("next_cursor");
        var next = (await (await admin.Http.GetAsync($"admin/users?limit=1&cursor={cursor}")).DataAsync())[0];
        Assert.Equal((first.Name, $"{first.Name}@example.org", "standard", 1), (next.Text("username"), next.Text("email"), next.Text("plan"), next.GetProperty("hostings").GetInt32()));

        var admins = (await (await admin.Http.GetAsync("admin/users?admin=true&limit=100")).DataAsync()).EnumerateArray().ToList();
        Assert.Contains(admins, u => u.Text("username") == admin.Name);
        Assert.All(admins, u => Assert.Equal("admin", Assert.Single(u.GetProperty("roles").EnumerateArray()).GetString()));
        var found = (await (await admin.Http.GetAsync($"admin/users?username={first.Name}&disabled=false")).DataAsync()).EnumerateArray();
        Assert.Equal(first.Name, Assert.Single(found).Text("username"));
        var own = await (await admin.Http.GetAsync($"admin/users/{await first.IdAsync()}")).DataAsync();
        Assert.Equal(first.Name, own.Text("username"));
        await Problems.ExpectAsync(await admin.Http.GetAsync($"admin/users/{Guid.NewGuid()}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task DisablingEnablingPromotingAndDemotingAreAuditedOnceEach()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var id = await person.IdAsync();
        foreach (var verb in new[] { "disable", "enable", "promote", "demote" })
        {
            (await admin.Http.PostAsync($"admin/users/{id}/{verb}", null)).EnsureSuccessStatusCode();
            (await admin.Http.PostAsync($"admin/users/{id}/{verb}", null)).EnsureSuccessStatusCode();
        }

        Assert.Equal("user.disable user.enable user.promote user.demote", await portal.Database.ScalarAsync<string>(
            "select string_agg(action, ' ' order by id) from audit_entries where subject = @name and actor_id = @admin",
            ("name", person.Name), ("admin", await admin.IdAsync())));
    }

    [Fact]
    public async Task APromotionCountsAtOnceAndADemotionEndsTheSession()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var id = await person.IdAsync();
        await Problems.ExpectAsync(await person.Http.GetAsync("admin/users"), HttpStatusCode.Forbidden);
        (await admin.Http.PostAsync($"admin/users/{id}/promote", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync("admin/users")).StatusCode);
        (await admin.Http.PostAsync($"admin/users/{id}/demote", null)).EnsureSuccessStatusCode();
        await Problems.ExpectAsync(await person.Http.GetAsync("admin/users"), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("demote")]
    public async Task NobodyDoesItToThemselves(string verb)
    {
        var admin = await Person.AddAdminAsync(portal);
        await Problems.ExpectAsync(await admin.Http.PostAsync($"admin/users/{await admin.IdAsync()}/{verb}", null), HttpStatusCode.Conflict);
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync("admin/users")).StatusCode);
    }

    [Fact]
    public async Task APlanIsGivenByItsNameAndAnUnknownOneIsA400()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var id = await person.IdAsync();
        (await admin.Http.PostAsJsonAsync("admin/plans", new { name = "bigger", memory_mb = 2048, vcpus = 2, disk_gb = 20, max_hostings = 3 })).EnsureSuccessStatusCode();
        var changed = await (await admin.Http.PutAsJsonAsync($"admin/users/{id}/plan", new { plan = "bigger" })).DataAsync();
        Assert.Equal("bigger", changed.Text("plan"));
        await Problems.ExpectAsync(await admin.Http.PutAsJsonAsync($"admin/users/{id}/plan", new { plan = "none" }), HttpStatusCode.BadRequest, "plan");
        await Problems.ExpectAsync(await admin.Http.PutAsJsonAsync($"admin/users/{id}/plan", new { }), HttpStatusCode.BadRequest, "plan");
        await Problems.ExpectAsync(await admin.Http.PutAsJsonAsync($"admin/users/{Guid.NewGuid()}/plan", new { plan = "bigger" }), HttpStatusCode.NotFound);
    }
}
