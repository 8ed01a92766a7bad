using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Errors;

/// <summary>Somebody for whom a call would succeed.</summary>
/// <param name="Path">With the ids of things that are theirs.</param>
/// <param name="Values">Good values, by name.</param>
internal sealed record Scene(HttpClient Http, string Path, IReadOnlyDictionary<string, object?> Values)
{
    /// <param name="spoiled">One of two expiries at most.</param>
    public string Json(string name, string? spoiled) =>
        name == "expires_in_days" && spoiled == "expires_at" ? "null" : JsonSerializer.Serialize(Values.GetValueOrDefault(name));

    public string Text(string name) => Values.GetValueOrDefault(name)?.ToString() ?? "";
}

/// <summary>Makes, for every call, an administrator of its own who has what it is about.</summary>
internal sealed class HostileScenes(PortalFixture portal)
{
    private int _count;

    /// <summary>A worker that has been there has left its recurring jobs.</summary>
    public async Task BringJobsAlongAsync()
    {
        await using var engine = await EngineHost.StartAsync(portal.Database);
        await Eventually.TrueAsync(async () => (await new JobList(engine.Factory).ListAsync(default)).Count > 2);
    }

    public async Task<Scene> MakeAsync(HostileCall call, string setting)
    {
        var person = await Person.AddAdminAsync(portal);
        await TestPlans.GiveAsync(portal.Database, person.Name, 30);
        await portal.Database.ExecuteAsync("delete from alert_targets; delete from announcements");
        var own = call.Path["/api/v1".Length..];
        var values = Values(person.Name, setting);
        if (own.StartsWith("/auth/", StringComparison.Ordinal) && own != "/auth/register")
            (values["username"], values["email"]) = (person.Name, null);
        if (own == "/admin/plans/{name}")
            values["name"] = null;
        if (own.StartsWith("/host/my", StringComparison.Ordinal) || own.Contains("hostings/{id}") || own.Contains("operations/{id}") || (own == "/host" && call.Method != "POST") || (own == "/hostings" && call.Method == "POST"))
            await LiveAsync(person, own);
        var path = call.Path.Contains("{id}") ? call.Path.Replace("{id}", await IdAsync(person, own)) : call.Path.Replace("{name}", await NameAsync(person, own, setting));
        if (own == "/admin/users/{id}/delete")
            values["confirm"] = await portal.Database.ScalarAsync<string>("select user_name from users where id = @id", ("id", Guid.Parse(path.Split('/')[^2])));
        if (own.Contains("/files"))
            await KeepAsync(person, path[..(path.IndexOf("/files", StringComparison.Ordinal) + "/files".Length)], call, values);
        return new Scene(person.Http, path, values);
    }

    private Dictionary<string, object?> Values(string person, string setting)
    {
        var name = $"h{Interlocked.Increment(ref _count)}";
        return new()
        {
            ["email"] = $"{name}@example.org",
            ["username"] = name,
            ["password"] = Person.Password,
            ["grant_type"] = "password",
            ["confirm"] = person,
            ["name"] = name,
            ["scopes"] = new[] { "read" },
            ["expires_in_days"] = 30,
            ["public_key"] = TestKeys.Public,
            ["ssh_public_key"] = TestKeys.Public,
            ["memory_mb"] = 512,
            ["vcpus"] = 1,
            ["disk_gb"] = 5,
            ["max_hostings"] = 1,
            ["plan"] = "standard",
            ["text_en"] = "Something.",
            ["level"] = "info",
            ["ends_at"] = "2099-01-01T00:00:00Z",
            ["dismissible"] = true,
            ["kind"] = "mail",
            ["address"] = "ops@example.org",
            ["value"] = setting switch { "log_level" => "information", "reserved_slugs" => new[] { "nobodys" }, _ => 100 },
            ["from"] = $"/var/www/html/{name}",
            ["to"] = $"/var/www/html/{name}-b",
            ["path"] = $"/var/www/html/{name}",
            ["upload"] = $"{Guid.NewGuid()}",
        };
    }

    private async Task LiveAsync(Person person, string own)
    {
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(person.Name);
        if (own.EndsWith("/start", StringComparison.Ordinal))
            await portal.Engine.SetAsync(person.Name, "stopped");
    }

    private async Task<string> IdAsync(Person person, string own)
    {
        switch (own.TrimStart('/').Replace("admin/", "").Split("/{id}"))
        {
            case ["hostings", ..]:
                return (await (await person.Http.GetAsync("host/my")).DataAsync()).Text("id");
            case ["operations", var end]:
                return await OperationAsync(person, end);
            case ["users", ..]:
                return $"{await (await Person.AddAsync(portal)).IdAsync()}";
            case ["tokens", ..]:
                return await MadeAsync(person, "tokens", new { name = "script", scopes = new[] { "read" } });
            case ["ssh-keys", ..]:
                return await MadeAsync(person, "ssh-keys", new { name = "laptop", public_key = TestKeys.OtherPair.PublicKey });
            case ["announcements", ..]:
                return await MadeAsync(person, "admin/announcements", new { text_en = "Something." });
            case ["alerts/targets", ..]:
                return await TargetAsync(person);
            case ["alerts/deliveries", ..]:
                var target = await TargetAsync(person);
                (await person.Http.PostAsync($"admin/alerts/targets/{target}/test", null)).EnsureSuccessStatusCode();
                return (await (await person.Http.GetAsync($"admin/alerts/deliveries?target_id={target}")).DataAsync())[0].Text("id");
            case ["alerts", ..]:
                return await PlantAsync("insert into alerts (id, kind, subject, words, opened_at) values (@id, 'backup_failed', @subject, 'Words.', now())");
            default:
                return await PlantAsync(
                    """
                    insert into drift_findings (id, kind, subject, words, mend, mendable, first_run_id, first_seen_at, last_seen_at, sightings)
                    values (@id, 'planted', @subject, 'Words.', 'Mend.', true, 1, now(), now(), 1)
                    """);
        }
    }

    /// <summary>A create that has ended, or a stop in the state in which something can be done about it.</summary>
    private async Task<string> OperationAsync(Person person, string end)
    {
        if (end is "/retry" or "/hurry" or "/cancel")
        {
            (await person.Http.PostAsync("host/my/stop", null)).EnsureSuccessStatusCode();
            if (end == "/retry")
            {
                await portal.Engine.FailAsync(await portal.Engine.NewestOperationAsync(person.Name), "The machine did not stop.");
                await portal.Engine.SetAsync(person.Name, "running");
            }
            await portal.Database.ExecuteAsync("update hostings set next_attempt_at = now() + interval '1 hour' where slug = @slug", ("slug", person.Name));
        }
        return $"{await portal.Engine.NewestOperationAsync(person.Name)}";
    }

    private Task<string> TargetAsync(Person person) =>
        MadeAsync(person, "admin/alerts/targets", new { kind = "mail", name = "on-call", address = "ops@example.org" });

    private async Task<string> NameAsync(Person person, string own, string setting)
    {
        if (own.StartsWith("/admin/jobs/", StringComparison.Ordinal))
            return "check-health";
        if (own != "/admin/plans/{name}")
            return setting;
        var name = $"p{Interlocked.Increment(ref _count)}";
        (await person.Http.PostAsJsonAsync("admin/plans", new { name, memory_mb = 512, vcpus = 1, disk_gb = 5, max_hostings = 1 })).EnsureSuccessStatusCode();
        return name;
    }

    /// <summary>A file, and a part of one.</summary>
    private static async Task KeepAsync(Person person, string files, HostileCall call, Dictionary<string, object?> values)
    {
        if (call.Path.EndsWith("/folders", StringComparison.Ordinal))
            return;
        if (call.Path.EndsWith("/upload", StringComparison.Ordinal))
        {
            var part = new ByteArrayContent([1]) { Headers = { ContentRange = new ContentRangeHeaderValue(0, 0, 2) } };
            (await person.Http.PutAsync($"{files}/content?path={values["path"]}&upload={values["upload"]}", part)).EnsureSuccessStatusCode();
            return;
        }
        (await person.Http.PutAsync($"{files}/content?path={values["path"]}", new ByteArrayContent([1]))).EnsureSuccessStatusCode();
    }

    private static async Task<string> MadeAsync(Person person, string path, object body)
    {
        var made = await person.Http.PostAsJsonAsync(path, body);
        made.EnsureSuccessStatusCode();
        return (await made.DataAsync()).Text("id");
    }

    private async Task<string> PlantAsync(string sql)
    {
        var id = Guid.NewGuid();
        await portal.Database.ExecuteAsync(sql, ("id", id), ("subject", $"{id}"));
        return $"{id}";
    }
}
