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

    [Fact]
    public async Task APersonIsAddedWhileRegistrationIsClosedAndGetsInByTheLink()
    {
        var admin = await Person.AddAdminAsync(portal);
        var name = Person.NewName();
        (await admin.Http.PutAsJsonAsync("admin/settings/registration_open", new { value = false })).EnsureSuccessStatusCode();
        try
        {
            var answer = await admin.Http.PostAsJsonAsync("admin/users", new { email = $"{name}@example.org", username = name });
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            var added = await answer.DataAsync();
            Assert.True(added.GetProperty("user").GetProperty("email_confirmed").GetBoolean());
            var stranger = Person.Stranger(portal);
            foreach (var guess in new[] { "", "x", Person.Password })
                Assert.NotEqual(HttpStatusCode.OK, (await stranger.PostAsJsonAsync("auth/login", new { username = name, password = guess })).StatusCode);
            using var browser = Pages.Browser(portal);
            await Pages.SubmitAsync(browser, new Uri(added.Text("reset_url")).PathAndQuery, ("Password", Person.Password));
            (await stranger.PostAsJsonAsync("auth/login", new { username = name, password = Person.Password })).EnsureSuccessStatusCode();
        }
        finally
        {
            (await admin.Http.DeleteAsync("admin/settings/registration_open")).EnsureSuccessStatusCode();
        }
        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync("admin/users", new { email = $"{name}@example.org", username = Person.NewName() }), HttpStatusCode.Conflict);
        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync("admin/users", new { email = "no address", username = Person.NewName() }), HttpStatusCode.BadRequest, "email");
        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync("admin/users", new { email = "other@example.org", username = "admin" }), HttpStatusCode.BadRequest, "username");
    }

    [Fact]
    public async Task AnAccountThatIsDeletedIsOutAtOnceAndGoesWithItsHosting()
    {
        var (admin, person, other) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal), await Person.AddAsync(portal));
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(person.Name);
        var id = await person.IdAsync();
        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync($"admin/users/{id}/delete", new { confirm = other.Name }), HttpStatusCode.BadRequest, "confirm");
        var script = await admin.WithTokenAsync(portal, "admin");
        await Problems.ExpectAsync(await script.Http.PostAsJsonAsync($"admin/users/{id}/delete", new { confirm = person.Name }), HttpStatusCode.Forbidden);
        var answer = await admin.Http.PostAsJsonAsync($"admin/users/{id}/delete", new { confirm = person.Name });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(System.Text.Json.JsonValueKind.String, (await answer.DataAsync()).GetProperty("leaving_at").ValueKind);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.Http.GetAsync("auth/me")).StatusCode);
        Assert.Equal("deleting", await portal.Database.ScalarAsync<string>("select status from hostings where slug = @s", ("s", person.Name)));
        await Problems.ExpectAsync(await admin.Http.PostAsync($"admin/users/{id}/enable", null), HttpStatusCode.Conflict);
        Assert.Equal(await admin.IdAsync(), await portal.Database.ScalarAsync<Guid>("select actor_id from audit_entries where action = 'user.delete' and subject = @s", ("s", person.Name)));

        (await admin.Http.PostAsJsonAsync($"admin/users/{await other.IdAsync()}/delete", new { confirm = other.Name })).EnsureSuccessStatusCode();
        Assert.Equal(0, await portal.Database.ScalarAsync<long>("select count(*) from users where user_name = @s", ("s", other.Name)));
        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync($"admin/users/{await admin.IdAsync()}/delete", new { confirm = admin.Name }), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task WhoIsSignedOutEverywhereSignsInAgain()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        (await admin.Http.PostAsync($"admin/users/{await person.IdAsync()}/sign-out", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.Http.GetAsync("auth/me")).StatusCode);
        (await Person.Stranger(portal).PostAsJsonAsync("auth/login", new { username = person.Name, password = Person.Password })).EnsureSuccessStatusCode();
    }
}
