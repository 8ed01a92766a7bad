using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.RunTime;

/// <summary>A portal of its own: what is changed here holds for everybody.</summary>
[Trait("Category", "Integration")]
public sealed class SettingTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    [Theory]
    [InlineData("registration_open", "\"yes\"")]
    [InlineData("registration_open", "1")]
    [InlineData("auth_per_minute", "0")]
    [InlineData("auth_per_minute", "100001")]
    [InlineData("auth_per_minute", "1.5")]
    [InlineData("account_per_minute", "\"20\"")]
    [InlineData("log_level", "\"loud\"")]
    [InlineData("log_level", "2")]
    [InlineData("reserved_slugs", "\"name\"")]
    [InlineData("reserved_slugs", "[\"fine\", \"not fine\"]")]
    [InlineData("reserved_slugs", "[1]")]
    [InlineData("reserved_slugs", "null")]
    public async Task AValueThatASettingCannotHaveIsA400(string name, string value)
    {
        var admin = await Person.AddAdminAsync(portal);
        var body = new StringContent($$"""{"value":{{value}}}""", System.Text.Encoding.UTF8, "application/json");
        await Problems.ExpectAsync(await admin.Http.PutAsync($"admin/settings/{name}", body), HttpStatusCode.BadRequest, "value");
    }

    [Fact]
    public async Task AChangeIsShownWithItsDefaultAuditedWithWhatWasBeforeAndTakenBack()
    {
        var admin = await Person.AddAdminAsync(portal);
        var changed = await (await SetAsync(admin, "auth_per_minute", 123)).DataAsync();
        Assert.Equal((123, 60, admin.Name), (changed.GetProperty("value").GetInt32(), changed.GetProperty("default").GetInt32(), changed.Text("changed_by")));
        await SetAsync(admin, "auth_per_minute", 124);
        var listed = (await (await admin.Http.GetAsync("admin/settings")).DataAsync()).EnumerateArray().Single(s => s.Text("name") == "auth_per_minute");
        Assert.Equal(124, listed.GetProperty("value").GetInt32());
        var reset = await (await admin.Http.DeleteAsync("admin/settings/auth_per_minute")).DataAsync();
        Assert.Equal((60, System.Text.Json.JsonValueKind.Null), (reset.GetProperty("value").GetInt32(), reset.GetProperty("changed_at").ValueKind));
        Assert.Equal(
            "auth_per_minute: 60 → 123|auth_per_minute: 123 → 124|auth_per_minute: 124 → 60",
            await portal.Database.ScalarAsync<string>(
                "select string_agg(subject, '|' order by id) from audit_entries where action = 'setting.change' and actor_id = @actor", ("actor", await admin.IdAsync())));
        await Problems.ExpectAsync(await SetAsync(admin, "no_such_setting", 1), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AClosedRegistrationIsClosedInAnotherProcessTooAndThePagesSaySo()
    {
        var admin = await Person.AddAdminAsync(portal);
        await using var other = await OtherPortal.StartAsync(portal);
        Assert.True(await other.IsOpenAsync());
        await SetAsync(admin, "registration_open", false);
        await Problems.ExpectAsync(await RegisterAsync(Person.Stranger(portal)), HttpStatusCode.Forbidden);
        await Eventually.TrueAsync(async () => !await other.IsOpenAsync());
        await Problems.ExpectAsync(await RegisterAsync(other.Http), HttpStatusCode.Forbidden);

        using var browser = new HttpClient { BaseAddress = portal.Url };
        var page = await browser.GetStringAsync("/register");
        Assert.Contains("Registration is closed", page);
        Assert.DoesNotContain("name=\"Input.Email\"", page);
        Assert.DoesNotContain("href=\"/register\"", await browser.GetStringAsync("/login"));
        (await admin.Http.DeleteAsync("admin/settings/registration_open")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(other.IsOpenAsync);
        Assert.Equal(HttpStatusCode.Created, (await RegisterAsync(Person.Stranger(portal))).StatusCode);
    }

    [Fact]
    public async Task AClosedRegistrationIsClosedFromTheFirstRequestOfAProcessOn()
    {
        var admin = await Person.AddAdminAsync(portal);
        await SetAsync(admin, "registration_open", false);
        await using (var late = await OtherPortal.StartAsync(portal))
            Assert.False(await late.IsOpenAsync());
        (await admin.Http.DeleteAsync("admin/settings/registration_open")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task AReservedNameCannotBeTakenByAnybody()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var name = Person.NewName("brand");
        await SetAsync(admin, "reserved_slugs", new[] { name, "another-one", name });
        await Problems.ExpectAsync(await RegisterAsync(Person.Stranger(portal), name), HttpStatusCode.BadRequest, "username");
        await TestPlans.GiveAsync(portal.Database, person.Name, 3);
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await Problems.ExpectAsync(await person.Http.PostAsJsonAsync("hostings", new { name }), HttpStatusCode.BadRequest, "name");
        (await admin.Http.DeleteAsync("admin/settings/reserved_slugs")).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Created, (await RegisterAsync(Person.Stranger(portal), name)).StatusCode);
    }

    [Fact]
    public async Task RateLimitsHoldAndNoLongerHoldAtOnce()
    {
        var admin = await Person.AddAdminAsync(portal);
        await SetAsync(admin, "auth_per_minute", 2);
        await SetAsync(admin, "rate_limits_enabled", true);
        Assert.Equal([401, 401, 429], await TryThriceAsync());
        await SetAsync(admin, "auth_per_minute", 1);
        Assert.Equal([401, 429, 429], await TryThriceAsync());
        await SetAsync(admin, "rate_limits_enabled", false);
        Assert.Equal([401, 401, 401], await TryThriceAsync());
        foreach (var name in new[] { "auth_per_minute", "rate_limits_enabled" })
            (await admin.Http.DeleteAsync($"admin/settings/{name}")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task DebugLinesAreLoggedWhileTheyAreWanted()
    {
        var admin = await Person.AddAdminAsync(portal);
        using var browser = new HttpClient { BaseAddress = portal.Url };
        await SetAsync(admin, "log_level", "debug");
        await browser.GetAsync("/login?debugged");
        await Eventually.TrueAsync(() => portal.Output.Contains("DBG GET /login answered 200"));
        (await admin.Http.DeleteAsync("admin/settings/log_level")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => portal.Output.Contains("Logs are kept from Information on"));
        var before = portal.Output.Length;
        await browser.GetAsync("/register");
        await admin.Http.GetAsync("admin/settings");
        await Eventually.TrueAsync(() => portal.Output[before..].Contains("/api/v1/admin/settings answered 200"));
        Assert.DoesNotContain("GET /register", portal.Output[before..]);
    }

    [Fact]
    public async Task TheWorkersProcessHearsOfItToo()
    {
        var admin = await Person.AddAdminAsync(portal);
        using var host = EngineHost.BuildPortal(portal.Database.ConnectionString);
        var settings = (Infrastructure.RunTime.RunTimeSettings)host.Services.GetService(typeof(Infrastructure.RunTime.RunTimeSettings))!;
        await host.StartAsync();
        var heard = new TaskCompletionSource();
        settings.Changed += values =>
        {
            if (values.AccountPerMinute == 77)
                heard.TrySetResult();
        };
        await SetAsync(admin, "account_per_minute", 77);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(15));
        await host.StopAsync();
        (await admin.Http.DeleteAsync("admin/settings/account_per_minute")).EnsureSuccessStatusCode();
    }

    private static Task<HttpResponseMessage> SetAsync(Person admin, string name, object value) => admin.Http.PutAsJsonAsync($"admin/settings/{name}", new { value });

    private static Task<HttpResponseMessage> RegisterAsync(HttpClient http, string? name = null)
    {
        name ??= Person.NewName();
        return http.PostAsJsonAsync("auth/register", new { email = $"{name}@example.org", username = name, password = Person.Password });
    }

    private async Task<List<int>> TryThriceAsync()
    {
        List<int> answers = [];
        for (var i = 0; i < 3; i++)
            answers.Add((int)(await Person.Stranger(portal).PostAsJsonAsync("auth/login", new { username = "nobody", password = "wrong wrong wrong" })).StatusCode);
        return answers;
    }
}
