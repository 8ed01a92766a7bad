using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Drift;
using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Drift;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>Drift planted on a host whose real workers look and repair only when they are asked: by rows, as the page asks.</summary>
[Trait("Category", "Faults")]
public sealed class RequestedRepairTests(FaultHost host) : IClassFixture<FaultHost>
{
    private static readonly Guid Admin = Guid.NewGuid();

    private DriftLedger Ledger => host.Service<DriftLedger>();

    private DriftQueries Queries => host.Service<DriftQueries>();

    [Fact]
    public async Task AWorkerLooksAndRepairsWhatItIsAskedToAndSaysHowThatWent()
    {
        var owner = await host.AddUserAsync();
        EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Create));
        EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Stop));
        var hosting = (await host.FindAsync(owner))!;
        var folder = Path.Combine(host.Data, "machines", hosting.MachineId.ToString());
        var (disk, seed) = (Path.Combine(folder, "disk.qcow2"), Path.Combine(folder, "seed.iso"));
        await LookAsync();
        Assert.Empty(await Queries.ListOpenAsync(default));

        File.Delete(seed);
        File.Move(disk, disk + ".aside");
        await LookAsync();
        var open = (await Queries.ListOpenAsync(default)).ToDictionary(f => f.Finding.Kind);
        Assert.Equal(["disk-missing", "seed-missing"], open.Keys.Order());
        Assert.Equal((false, true), (open["disk-missing"].Finding.Mendable, open["seed-missing"].Finding.Mendable));
        Assert.Equal(hosting.Id, open["seed-missing"].HostingId);
        await Assert.ThrowsAsync<ConflictException>(() => Ledger.RequestRepairAsync(Admin, open["disk-missing"].Finding.Id, null, default));

        var id = open["seed-missing"].Finding.Id;
        await Ledger.RequestRepairAsync(Admin, id, System.Net.IPAddress.Parse("203.0.113.7"), default);
        await Eventually.TrueAsync(async () => (await Queries.FindAsync(id, default))!.Finding.EndedAt is not null);
        var ended = (await Queries.FindAsync(id, default))!;
        Assert.True(File.Exists(seed));
        Assert.Equal(((DriftEnd?)DriftEnd.Repaired, (Guid?)Admin), (ended.Finding.Ended, ended.Finding.RepairedBy));
        await Eventually.TrueAsync(async () => (await Queries.FindAsync(id, default))!.Repairs is [{ Repair.Status: RepairStatus.Repaired }]);
        Assert.Equal("repaired 203.0.113.7/32", await host.Postgres.ScalarAsync<string>(
            "select outcome || ' ' || address from audit_entries where action = 'drift.repair' and actor_id = @admin and subject = @subject",
            ("admin", Admin), ("subject", $"seed-missing {hosting.Slug}")));

        File.Move(disk + ".aside", disk);
        await LookAsync();
        Assert.Equal(DriftEnd.Passed, (await Queries.FindAsync(open["disk-missing"].Finding.Id, default))!.Finding.Ended);
        await host.AssertFsckCleanAsync("a repair");
    }

    [Fact]
    public async Task ARepairThatAKilledWorkerHadInHandIsTakenUpByTheNext()
    {
        var stray = Path.Combine(host.Data, "machines", Guid.NewGuid().ToString());
        Directory.CreateDirectory(stray);
        await LookAsync();
        var finding = (await Queries.ListOpenAsync(default)).Single(f => f.Finding.Kind == "folder-unowned").Finding;
        // As a worker leaves it that was killed right after it had taken it.
        await host.Postgres.ExecuteAsync(
            """
            insert into drift_repairs (finding_id, asked_by, asked_at, worker, started_at, status)
            values (@finding, @admin, now() - interval '1 minute', 'somewhere:1', now() - interval '1 minute', 'running')
            """, ("finding", finding.Id), ("admin", Admin));
        await Eventually.TrueAsync(async () => (await Queries.FindAsync(finding.Id, default))!.Repairs is [{ Repair.Status: RepairStatus.Repaired }]);
        Assert.False(Directory.Exists(stray));
    }

    private async Task LookAsync()
    {
        var run = await Ledger.RequestCheckAsync(Admin, null, default);
        await Eventually.TrueAsync(async () =>
        {
            await using var db = host.Postgres.NewContext();
            return await db.DriftRuns.AnyAsync(r => r.Id == run.Id && r.FinishedAt != null && r.Error == null);
        });
    }
}
