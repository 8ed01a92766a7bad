using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Audit;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class AuditApiTests(PortalFixture portal)
{
    [Fact]
    public async Task WhoDidWhatFromWhereAndHowItEnded()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.RegisterAsync(portal));
        await Person.Stranger(portal).PostAsJsonAsync("auth/login", new { username = person.Name, password = "not this one at all" });
        var entries = await ListAsync(admin, $"subject={person.Name}");
        Assert.Equal(
            ["account.sign_in refused", "account.sign_in succeeded", "account.register succeeded"],
            entries.Select(e => $"{e.Text("action")} {e.Text("outcome")}"));
        Assert.All(entries, e => Assert.True(IPAddress.IsLoopback(IPAddress.Parse(e.Text("address")))));
        // With a wrong password it was anybody.
        Assert.Equal([null, person.Name, person.Name], entries.Select(e => e.GetProperty("actor").GetProperty("username").GetString()));
    }

    [Fact]
    public async Task FiltersNarrowItAndPagesFollowEachOther()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.RegisterAsync(portal));
        for (var i = 0; i < 3; i++)
            await person.Http.PostAsJsonAsync("tokens", new { name = $"one%{i}", scopes = new[] { "read" } });
        Assert.Equal(3, (await ListAsync(admin, $"actor={person.Name}&action=token")).Count);
        Assert.Single(await ListAsync(admin, $"actor={person.Name}&subject=ONE%251"));
        Assert.Empty(await ListAsync(admin, $"actor={person.Name}&action=tok"));
        Assert.Empty(await ListAsync(admin, $"actor={person.Name}&since=2100-01-01"));
        Assert.Empty(await ListAsync(admin, $"actor={person.Name}&address=192.0.2.1"));
        var all = await ListAsync(admin, $"actor={person.Name}");
        var first = await (await admin.Http.GetAsync($"admin/audit?actor={person.Name}&limit=2")).JsonAsync();
        var rest = await ListAsync(admin, $"actor={person.Name}&cursor={first.GetProperty("page").Text("next_cursor")}");
        Assert.Equal(all.Select(Id), first.GetProperty("data").EnumerateArray().Concat(rest).Select(Id));
        await Problems.ExpectAsync(await admin.Http.GetAsync("admin/audit?since=yesterday"), HttpStatusCode.BadRequest, "since");
        await Problems.ExpectAsync(await admin.Http.GetAsync("admin/audit?address=here"), HttpStatusCode.BadRequest, "address");
    }

    [Fact]
    public async Task WhoIsNoAdministratorSeesNothingAndTheTryIsInIt()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.RegisterAsync(portal));
        await Problems.ExpectAsync(await person.Http.GetAsync("admin/audit"), HttpStatusCode.Forbidden);
        var entry = Assert.Single(await ListAsync(admin, $"actor={person.Name}&action=admin"));
        Assert.Equal(("GET /api/v1/admin/audit", "refused"), (entry.Text("subject"), entry.Text("outcome")));
        using var browser = Pages.Browser(portal);
        await Pages.SignInAsync(browser, person);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/admin/audit")).StatusCode);
    }

    [Fact]
    public async Task TriesAtTheAdministratorsDoorAreWrittenDownOnceAMinute()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        for (var i = 0; i < 5; i++)
            await Problems.ExpectAsync(await person.Http.GetAsync($"admin/users?limit={i + 1}"), HttpStatusCode.Forbidden);
        Assert.Single(await ListAsync(admin, $"actor={person.Name}&action=admin"));
    }

    [Fact]
    public async Task WhatSomebodyElseOfThatNameDidIsNoPartOfAPersonsFileOrData()
    {
        var person = await Person.AddAsync(portal);
        const string Entry = "insert into audit_entries (at, actor_id, action, subject, outcome, address) select u.created_at + @after::interval, @actor, @action, @subject, 'succeeded', '192.0.2.7' from users u where u.user_name = @name";
        foreach (var (after, action, subject) in new[]
        {
            ("-1 day", "user.disable", person.Name), ("1 second", "user.enable", person.Name), ("-1 day", "acting.start", $"{person.Name}: before"),
            ("1 second", "acting.start", $"{person.Name}: help"),
        })
            await portal.Database.ExecuteAsync(Entry, ("after", after), ("actor", Guid.NewGuid()), ("action", action), ("subject", subject), ("name", person.Name));
        var data = await (await person.Http.GetAsync("account/data")).DataAsync();
        var said = data.GetProperty("audit_log").EnumerateArray().ToList();
        Assert.Equal([$"user.enable {person.Name}", $"acting.start {person.Name}: help"], said.Select(e => $"{e.Text("action")} {e.Text("subject")}"));
        Assert.All(said, e => Assert.Equal(JsonValueKind.Null, e.GetProperty("address").ValueKind));

        // Taking them out is in the log itself, with where from.
        said = [.. (await (await person.Http.GetAsync("account/data")).DataAsync()).GetProperty("audit_log").EnumerateArray()];
        Assert.NotEqual("", said.Single(e => e.Text("action") == "account.download_data").Text("address"));

        using var browser = Pages.Browser(portal);
        await Pages.SignInAsync(browser, await Person.AddAdminAsync(portal));
        var page = await browser.GetStringAsync($"/admin/users/{await person.IdAsync()}");
        Assert.Contains("data-audit=\"user.enable\"", page);
        Assert.Contains($"{person.Name}: help", page);
        Assert.DoesNotContain("data-audit=\"user.disable\"", page);
        Assert.DoesNotContain($"{person.Name}: before", page);
    }

    [Fact]
    public async Task AnEntryKeepsTheNameOfWhoIsGone()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.RegisterAsync(portal));
        (await person.Http.PostAsJsonAsync("account/delete", new { password = Person.Password, confirm = person.Name })).EnsureSuccessStatusCode();
        Assert.Equal(0, await portal.Database.ScalarAsync<long>("select count(*) from users where user_name = @name", ("name", person.Name)));
        Assert.Equal(3, (await ListAsync(admin, $"actor={person.Name}")).Count);
        Assert.Equal(["succeeded", "accepted"], (await ListAsync(admin, $"action=account.delete&subject={person.Name}")).Select(e => e.Text("outcome")));
    }

    private static long Id(JsonElement entry) => entry.GetProperty("id").GetInt64();

    private static async Task<List<JsonElement>> ListAsync(Person admin, string query)
    {
        var answer = await admin.Http.GetAsync($"admin/audit?{query}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return [.. (await answer.DataAsync()).EnumerateArray()];
    }
}
