using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>Few SSH ports, and limits that are soon reached.</summary>
public sealed class TinyPortalFixture : PortalFixture
{
    public const int AuthPerMinute = 20;

    protected override Dictionary<string, string> Settings => new()
    {
        ["RateLimits__AuthPerMinute"] = $"{AuthPerMinute}",
        ["RateLimits__AccountPerMinute"] = "1000",
        ["Proxy__Trusted__0"] = "127.0.0.0/8",
        ["Proxy__Trusted__1"] = "::1",
        ["Ssh__LastPort"] = "10005",
    };
}

/// <summary>Every response that the description names comes about, and none that it does not.</summary>
[Trait("Category", "Integration")]
public sealed partial class EveryResponseTests(TinyPortalFixture portal) : IClassFixture<TinyPortalFixture>
{
    private const string UsedKey = "used-for-a-key";
    private const string File = "?path=/var/www/html/x&upload=7d1f3a52-8b4e-4f0a-9c1d-2e6b5a4f3c21";
    private static readonly object Sizes = new { memory_mb = 512, vcpus = 1, disk_gb = 5, max_hostings = 2 };

    private IReadOnlyList<DescribedCall> _calls = [];
    private Witness _witness = null!;

    [Fact]
    public async Task WhatIsDescribedIsWhatComes()
    {
        _calls = DescribedCall.AllOf(await (await Person.Stranger(portal).GetAsync("/openapi/v1.json")).JsonAsync());
        _witness = new Witness(_calls);
        await BringJobsAlongAsync();
        var (boss, customer) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var (bossId, customerId) = (await boss.IdAsync(), await customer.IdAsync());
        var (admin, person) = (As(boss), As(customer));

        await SignInAsync();
        await RefuseWhatIsWrongAsync(admin, As(null), As(await customer.WithTokenAsync(portal, "read")), As(await boss.WithTokenAsync(portal, "admin")));
        await KeepKeysAndTokensAsync(person);
        await LeaveAsync(person, admin, boss.Name);
        await AdministerAsync(admin, bossId, customerId);
        await SetAndAnnounceAsync(admin);
        await LiveAsync(person, customer.Name);
        await ChangeForOthersAsync(admin, customer.Name);
        await KeepFilesAsync(person, customer.Name);
        await InterveneAsync(admin, person, customer.Name);
        await LookAfterAsync(admin, customer.Name);
        await DeleteAsync(person, customer.Name);
        await FillUpAsync();

        Assert.True(_witness.Missing.Count == 0, $"described, never seen:\n{string.Join('\n', _witness.Missing)}");
        Assert.True(_witness.Surplus.Count == 0, $"seen, not described:\n{string.Join('\n', _witness.Surplus)}");
    }

    private HttpClient As(Person? person) => new(_witness, disposeHandler: false)
    {
        BaseAddress = new Uri(portal.Url, "/api/v1/"),
        DefaultRequestHeaders = { Authorization = person?.Http.DefaultRequestHeaders.Authorization },
    };

    private async Task SignInAsync()
    {
        var http = As(null);
        var account = new { email = "somebody@example.org", username = "somebody", password = Person.Password };
        for (var i = 0; i < 2; i++)
            await http.PostAsJsonAsync("auth/register", account);
        foreach (var password in new[] { Person.Password, "not this one at all" })
        {
            var answer = await http.PostAsJsonAsync("auth/login", new { account.username, password });
            await http.PostAsync("auth/token", new FormUrlEncodedContent([new("username", account.username), new("password", password)]));
            if (answer.IsSuccessStatusCode)
                await Bearer(http, (await answer.JsonAsync()).Text("access_token")).GetAsync("auth/me");
        }
        foreach (var password in new[] { "", new string('x', 70 << 10) })
            await As(null).PostAsync("auth/token", new FormUrlEncodedContent([new("username", ""), new("password", password)]));
        http = As(null);
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        for (var i = 0; i <= TinyPortalFixture.AuthPerMinute; i++)
            await http.PostAsync("auth/register", null);
        foreach (var call in new[] { "login", "token" })
            await http.PostAsync($"auth/{call}", null);
    }

    /// <summary>The failures that many calls share.</summary>
    private async Task RefuseWhatIsWrongAsync(HttpClient admin, HttpClient stranger, HttpClient reader, HttpClient manager)
    {
        (await SendAsync(admin, "POST", "ssh-keys", Json(new { name = "laptop", public_key = TestKeys.OtherPair.PublicKey }), UsedKey)).EnsureSuccessStatusCode();
        foreach (var call in _calls)
        {
            var path = call.Path.Replace("{id}", $"{Guid.NewGuid()}").Replace("{name}", "no-such-plan");
            var body = call.Statuses.Contains(415);
            if (call.Path.Contains("/files"))
            {
                await SendAsync(admin, call.Method, path);
                path += File;
            }
            await SendAsync(stranger, call.Method, path);
            await SendAsync(call.Method == "GET" && !call.Path.Contains("/admin/") ? manager : reader, call.Method, path);
            var whole = BodyOf(call);
            if (call.Statuses.Contains(404))
                await SendAsync(admin, call.Method, path, body ? Json(whole) : null);
            if (body)
            {
                await SendAsync(admin, call.Method, path, new StringContent("{", Encoding.UTF8, "application/json"));
                await SendAsync(admin, call.Method, path, Json(new { name = new string('x', 70 << 10) }));
                await SendAsync(admin, call.Method, path, new StringContent("hello", Encoding.UTF8, "text/plain"));
            }
            else if (call.Statuses.Contains(400))
                await SendAsync(admin, call.Method, $"{path}?limit=some&wait=some", key: "");
            if (call.Statuses.Contains(422))
                await SendAsync(admin, call.Method, path, key: UsedKey);
        }
    }

    private static object BodyOf(DescribedCall call) => call.Path[(call.Path.LastIndexOf('/') + 1)..] switch
    {
        "plan" => new { plan = "standard" },
        "rename" => new { from = "/var/www/html/a", to = "/var/www/html/b" },
        "folders" => new { path = "/var/www/html/folder" },
        "targets" => new { kind = "mail", name = "on-call", address = "ops@example.org" },
        _ => Sizes,
    };

    private static async Task KeepKeysAndTokensAsync(HttpClient person)
    {
        for (HttpResponseMessage? made = null; made?.StatusCode != HttpStatusCode.Conflict;)
        {
            made = await person.PostAsJsonAsync("tokens", new { name = "script", scopes = new[] { "read" } });
            Assert.Contains(made.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict });
        }
        var token = (await (await person.GetAsync("tokens")).DataAsync())[0].Text("id");
        await person.GetAsync($"tokens/{token}");
        await person.DeleteAsync($"tokens/{token}");

        var key = Json(new { name = "laptop", public_key = TestKeys.Public });
        var id = (await (await SendAsync(person, "POST", "ssh-keys", key)).DataAsync()).Text("id");
        await SendAsync(person, "POST", "ssh-keys", Json(new { name = "again", public_key = TestKeys.Public }));
        await person.GetAsync("ssh-keys");
        await person.GetAsync($"ssh-keys/{id}");
        await person.DeleteAsync($"ssh-keys/{id}");
    }

    /// <summary>The last administrator may not; who types a wrong password too often must wait; others are gone.</summary>
    private async Task LeaveAsync(HttpClient person, HttpClient admin, string boss)
    {
        await person.GetAsync("account/data");
        await admin.PostAsJsonAsync("account/delete", new { password = Person.Password, confirm = boss });
        var (clumsy, leaving) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        for (var i = 0; i <= 8; i++)
            await As(clumsy).PostAsJsonAsync("account/delete", new { password = "wrong wrong wrong", confirm = clumsy.Name });
        await As(leaving).PostAsJsonAsync("account/delete", new { password = Person.Password, confirm = leaving.Name });
    }

    private async Task AdministerAsync(HttpClient admin, Guid self, Guid customer)
    {
        foreach (var list in new[] { "users", "hostings", "operations", "plans", "capacity", "jobs", "overview", "settings", "announcements", "audit" })
            await admin.GetAsync($"admin/{list}");
        await admin.GetAsync($"admin/users/{customer}");
        foreach (var name in new[] { "double", "double", "spare" })
            await admin.PostAsJsonAsync("admin/plans", new { name, memory_mb = 512, vcpus = 1, disk_gb = 5, max_hostings = 2 });
        await admin.PutAsJsonAsync("admin/plans/double", Sizes);
        await admin.PutAsJsonAsync($"admin/users/{customer}/plan", new { plan = "double" });
        foreach (var plan in new[] { "double", "spare" })
            await admin.DeleteAsync($"admin/plans/{plan}");
        var other = await (await Person.AddAsync(portal)).IdAsync();
        foreach (var verb in new[] { "disable", "enable", "promote", "demote", "sign-out", "confirm-email", "forget-second-factor", "reset-link" })
            await admin.PostAsync($"admin/users/{other}/{verb}", null);
        foreach (var verb in new[] { "disable", "demote" })
            await admin.PostAsync($"admin/users/{self}/{verb}", null);

        var added = new { email = "added@example.org", username = "added-one" };
        var id = (await (await admin.PostAsJsonAsync("admin/users", added)).DataAsync()).GetProperty("user").Text("id");
        await admin.PostAsJsonAsync("admin/users", added);
        await admin.PostAsJsonAsync("admin/users", new { added.username });
        foreach (var (who, confirm) in new[] { (id, "nobody"), (id, added.username), ($"{Guid.NewGuid()}", "nobody") })
            await admin.PostAsJsonAsync($"admin/users/{who}/delete", new { confirm });
        await admin.PostAsJsonAsync($"admin/users/{self}/delete", new { confirm = (await (await admin.GetAsync($"admin/users/{self}")).DataAsync()).Text("username") });

        // The same request twice at once: one waits for a row, the other is told so.
        foreach (var verb in new[] { "enable", "promote", "sign-out", "confirm-email", "forget-second-factor", "reset-link" })
        {
            await using var connection = new NpgsqlConnection(portal.Database.ConnectionString);
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await new NpgsqlCommand("select from roles for update; lock table audit_entries in exclusive mode", connection, transaction).ExecuteNonQueryAsync();
            var both = Enumerable.Range(0, 2).Select(_ => SendAsync(admin, "POST", $"admin/users/{other}/{verb}", key: verb)).ToList();
            var told = await Task.WhenAny(both);
            Assert.Equal(HttpStatusCode.Conflict, (await told).StatusCode);
            await transaction.RollbackAsync();
            (await both.Single(t => t != told)).EnsureSuccessStatusCode();
        }
    }

    private async Task SetAndAnnounceAsync(HttpClient admin)
    {
        await admin.PutAsJsonAsync("admin/settings/registration_open", new { value = false });
        await As(null).PostAsJsonAsync("auth/register", new { email = "late@example.org", username = "late-one", password = Person.Password });
        await admin.DeleteAsync("admin/settings/registration_open");
        await As(null).GetAsync("announcements");
        var id = "";
        for (HttpResponseMessage? made = null; made?.StatusCode != HttpStatusCode.Conflict;)
        {
            made = await admin.PostAsJsonAsync("admin/announcements", new { text_en = "Something." });
            Assert.Contains(made.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict });
            id = made.StatusCode == HttpStatusCode.Created ? (await made.DataAsync()).Text("id") : id;
        }
        await admin.PutAsJsonAsync($"admin/announcements/{id}", new { text_ko = "무언가." });
        await admin.DeleteAsync($"admin/announcements/{id}");
    }

    private static HttpClient Bearer(HttpClient http, string token)
    {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static JsonContent Json(object body) => JsonContent.Create(body);

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path, HttpContent? body = null, string? key = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return http.SendAsync(request);
    }
}
