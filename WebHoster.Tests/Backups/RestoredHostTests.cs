using System.Text.Json;
using WebHoster.Core.Operations;
using WebHoster.Tests.Faults;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Backups;

/// <summary>A host whose worker makes backups.</summary>
public sealed class BackedUpHost : FaultHost
{
    protected override int WorkerCount => 1;

    protected override Dictionary<string, string?> SettingsIn(string folder) => new(base.SettingsIn(folder)) { ["Backup:Path"] = Path.Combine(folder, "backups") };

    protected override bool BacksUp => true;
}

/// <summary>A restored database is older than its host: fsck tells what came since, and can take it away.</summary>
[Trait("Category", "Integration")]
public sealed class RestoredHostTests(BackedUpHost host) : IClassFixture<BackedUpHost>
{
    [Fact]
    public async Task WhatWasMadeAfterTheBackupIsNamedAndCanBeMended()
    {
        // The worker's own job: there was none, so one was due at once.
        await AwaitAsync("select count(*) from worker_reports where (figures->'webhoster_backups_total'->0->>'Value')::float8 >= 1");
        await AwaitAsync("select count(*) from worker_reports where (figures->'webhoster_backup_newest_bytes'->0->>'Value')::float8 > 1000");

        var (early, late) = (await host.AddUserAsync(), await host.AddUserAsync());
        EngineHost.AssertSucceeded(await host.DoAsync(early, OperationKind.Create));
        var file = Path.Combine(host.Data, "before.backup");
        (await host.ProgramAsync("backup", file)).Ok();
        EngineHost.AssertSucceeded(await host.DoAsync(late, OperationKind.Create));
        var machine = (await host.FindAsync(late))!.MachineId;
        await host.AssertFsckCleanAsync("two creates");

        await host.StopWorkersAsync();
        await host.StopPortalAsync();
        Assert.Contains("hostings: 1,", (await host.ProgramAsync("restore", file)).Ok());

        var differences = await DifferencesAsync(1);
        Assert.Contains(differences, d => d.Kind == "machine-unowned" && d.Words.Contains(machine.ToString()));
        Assert.Contains(differences, d => d.Kind == "routes-differ");
        Assert.DoesNotContain(differences, d => d.Kind is "machine-missing" or "machine-foreign");
        Assert.Empty(await DifferencesAsync(0, "--repair"));
        await host.AssertFsckCleanAsync("the repair");
        (await host.ProgramAsync("restore", "--forget")).Ok();
    }

    private async Task AwaitAsync(string count)
    {
        for (var until = DateTime.UtcNow.AddSeconds(90); await host.Postgres.ScalarAsync<long>(count) == 0; await Task.Delay(100))
            Assert.True(DateTime.UtcNow < until, $"In vain: {count}\n{host.WorkerLogs}");
    }

    private async Task<List<(string Kind, string Words)>> DifferencesAsync(int code, params string[] arguments)
    {
        var fsck = await host.ProgramAsync(["fsck", "--json", .. arguments]);
        Assert.True(fsck.ExitCode == code, fsck.Output + fsck.Error);
        return [.. JsonDocument.Parse(fsck.Output).RootElement.GetProperty("differences").EnumerateArray()
            .Select(d => (d.GetProperty("kind").GetString()!, d.GetProperty("subject").GetString() + " " + d.GetProperty("words").GetString()))];
    }
}
