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

    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-docs-").FullName;

    private string PasswordFile => Path.Combine(_folder, "admin.password");

    [Fact]
    public async Task EveryCommandOfThePageWorks()
    {
        await using var engine = await EngineHost.StartAsync(portal.Database);
        await MakeOwnerAsync();
        await LeaveAFailedAndAQueuedOperationAsync(engine);
        await LeaveSomethingToLookAfterAsync();

        await File.WriteAllTextAsync(Path.Combine(_folder, "commands"), Commands());
        // What the page leaves out: curl and HTTPie fail where the portal does, and are silent.
        await File.WriteAllTextAsync(Path.Combine(_folder, ".curlrc"), "silent\nshow-error\nfail-with-body\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "config.json"), """{"default_options":["--check-status","--ignore-stdin"]}""");
        var launcher = Path.Combine(_folder, "webhoster");
        await File.WriteAllTextAsync(launcher, $$$"""printf '{"admin":{"password_file":"%s"}}' '{{{PasswordFile}}}'""");

        var run = await Shell.RunAsync(
            "bash", ["-c", $"cd '{_folder}' && chmod +x webhoster && set -o pipefail && bash -xeuo pipefail commands 2>&1 | tail -n 60"],
            new Dictionary<string, string> { ["HOME"] = _folder, ["HTTPIE_CONFIG_DIR"] = _folder });
        Assert.True(run.ExitCode == 0, run.Output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Commands()
    {
        var page = File.ReadAllText(Path.Combine(LiveInstall.Root(), "docs", "API.md"));
        var blocks = ShellBlock().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.True(blocks.Count > 10, "The page has hardly any commands.");
        return string.Join('\n', blocks).Replace("http://localhost:8080", portal.Url.ToString().TrimEnd('/'));
    }

    private async Task MakeOwnerAsync()
    {
        await File.WriteAllTextAsync(PasswordFile, AdminPassword);
        (await Shell.RunAsync("dotnet", [PortalFixture.Program, "ensure-admin", "--password-file", PasswordFile], portal.Environment())).Ok();
    }

    /// <summary>For the administrator to do something about. The queued one stays so, for another worker seems to hold its hosting.</summary>
    private async Task LeaveAFailedAndAQueuedOperationAsync(EngineHost engine)
    {
        var (broken, busy) = (await engine.AddUserAsync("broken"), await engine.AddUserAsync("busy"));
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
    }

    private Task LeaveSomethingToLookAfterAsync() => portal.Database.ExecuteAsync(
        """
        insert into drift_findings (id, kind, subject, words, mend, mendable, first_run_id, first_seen_at, last_seen_at, sightings)
        values (gen_random_uuid(), 'seed-missing', 'broken', 'The machine''s first settings are gone.', 'Write them again: fsck --repair.', true, 1, now(), now(), 1);
        insert into alerts (id, kind, subject, words, opened_at) values (gen_random_uuid(), 'backup_failed', 'broken', 'The backup of broken failed.', now())
        """);

    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
