using System.Text.RegularExpressions;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>Runs every command of docs/API.md in the order of the page: the real portal, the real engine, machines in memory.</summary>
[Trait("Category", "Integration")]
public sealed partial class ApiPageTests(PortalFixture portal) : IClassFixture<PortalFixture>, IDisposable
{
    private const string AdminPassword = "an owner's long password";

    private static readonly string[] Clients = ["curl", "http"];

    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-docs-").FullName;

    private string PasswordFile => Path.Combine(_folder, "admin.password");

    [Fact]
    public async Task EveryCommandOfThePageWorks()
    {
        await using var engine = await EngineHost.StartAsync(portal.Database);
        await using var streams = await StreamHost.StartAsync(portal.Database, portal.DataFolder);
        await MakeOwnerAsync();
        foreach (var again in new[] { "-a", "-b" })
            await LeaveAFailedAndAQueuedOperationAsync(engine, again);
        await LeaveSomethingToLookAfterAsync();

        await File.WriteAllTextAsync(Path.Combine(_folder, "commands"), Commands());
        // What the page leaves out: curl and HTTPie fail where the portal does, and are silent.
        await File.WriteAllTextAsync(Path.Combine(_folder, ".curlrc"), "silent\nshow-error\nfail-with-body\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "config.json"), """{"default_options":["--check-status","--ignore-stdin"]}""");
        await File.WriteAllTextAsync(Path.Combine(_folder, "webhoster"), $$$"""printf '{"admin":{"password_file":"%s"}}' '{{{PasswordFile}}}'""");
        // Their own words, one line for each time they were called.
        foreach (var client in Clients)
            await File.WriteAllTextAsync(Path.Combine(_folder, client), $"""printf '%s ' "{client}" "$@" >>{_folder}/calls; echo >>{_folder}/calls; exec /usr/bin/{client} "$@" """);

        var run = await Shell.RunAsync(
            "bash", ["-c", $"cd '{_folder}' && chmod +x webhoster {string.Join(' ', Clients)} && set -o pipefail && bash -xeuo pipefail commands 2>&1 | tail -n 60"],
            new Dictionary<string, string> { ["HOME"] = _folder, ["HTTPIE_CONFIG_DIR"] = _folder, ["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}" });
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Empty(await NeverCalledAsync());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Commands()
    {
        var page = File.ReadAllText(Path.Combine(LiveInstall.Root(), "docs", "API.md"));
        var blocks = ShellBlock().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.True(blocks.Count > 10, "The page has hardly any commands.");
        return string.Join('\n', blocks).Replace("http://localhost:8080", portal.Url.ToString().TrimEnd('/'));
    }

    /// <summary>The operations of the description that the page does not show by both clients.</summary>
    private async Task<IReadOnlyList<string>> NeverCalledAsync()
    {
        var described = DescribedCall.AllOf(await (await Person.Stranger(portal).GetAsync("/openapi/v1.json")).JsonAsync());
        var lines = await File.ReadAllLinesAsync(Path.Combine(_folder, "calls"));
        var called = lines.Select(l => (Client: l[..l.IndexOf(' ')], Method: MethodOf(l), Path: new Uri(Address().Match(l).Value).AbsolutePath)).ToHashSet();
        return
        [
            .. from client in Clients
               from call in described
               where !called.Any(c => c.Client == client && call.Takes(c.Method, c.Path))
               select $"{client} {call}",
        ];
    }

    private static string MethodOf(string call) =>
        Method().Match(call) is { Success: true } said ? said.Value : call.Contains(" -T ") ? "PUT" : call.Contains(" -d ") ? "POST" : "GET";

    private async Task MakeOwnerAsync()
    {
        await File.WriteAllTextAsync(PasswordFile, AdminPassword);
        (await Shell.RunAsync("dotnet", [PortalFixture.Program, "ensure-admin", "--password-file", PasswordFile], portal.Environment())).Ok();
    }

    /// <summary>For the administrator to do something about. The queued one stays so: it waits for its next try, and another worker seems to hold its hosting.</summary>
    private async Task LeaveAFailedAndAQueuedOperationAsync(EngineHost engine, string again)
    {
        var (broken, busy) = (await engine.AddUserAsync($"broken{again}"), await engine.AddUserAsync($"busy{again}"));
        EngineHost.AssertSucceeded(await engine.CreateAsync(broken));
        EngineHost.AssertSucceeded(await engine.CreateAsync(busy));

        var stop = await engine.ChangeAsync(broken, OperationKind.Stop);
        await portal.Database.ExecuteAsync(
            """
            update operations set status = 'failed', error = 'The machine did not stop.' where id = @id;
            update hostings set status = 'failed' where owner_id = @owner
            """, ("id", stop.Id), ("owner", broken));
        await portal.Database.ExecuteAsync(
            "update hostings set lease_holder = 'another', lease_epoch = lease_epoch + 1, lease_expires_at = now() + interval '1 hour' where owner_id = @o", ("o", busy));
        await engine.Requests.ChangeAsync(busy, OperationKind.Stop, null);
        await portal.Database.ExecuteAsync("update hostings set next_attempt_at = now() + interval '1 hour' where owner_id = @o", ("o", busy));
    }

    private Task LeaveSomethingToLookAfterAsync() => portal.Database.ExecuteAsync(
        """
        insert into drift_findings (id, kind, subject, words, mend, mendable, first_run_id, first_seen_at, last_seen_at, sightings)
        select gen_random_uuid(), 'seed-missing', subject, 'The machine''s first settings are gone.', 'Write them again: fsck --repair.', true, 1, now(), now(), 1
        from unnest(array['broken-a', 'broken-b']) subject;
        insert into alerts (id, kind, subject, words, opened_at)
        select gen_random_uuid(), 'backup_failed', subject, 'The backup of ' || subject || ' failed.', now() from unnest(array['broken-a', 'broken-b']) subject;
        insert into alert_targets (id, kind, name, address, created_at, created_by) values (gen_random_uuid(), 'mail', 'pager', 'pager@example.org', now(), gen_random_uuid());
        insert into alert_deliveries (id, target_id, target_name, event, status, tries, created_at, error)
        select gen_random_uuid(), id, name, 'test', 'given_up', 1, now(), 'Nobody answered.' from alert_targets, generate_series(1, 2)
        """);

    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<=-X |^http .*)\b(GET|POST|PUT|DELETE)\b")]
    private static partial Regex Method();
}
