using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebHoster.Core.Drift;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Drift;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Drift;

[Trait("Category", "Integration")]
public sealed class DriftLedgerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Guid Admin = Guid.NewGuid();
    private static readonly Difference Seed = new("seed-missing", "bob", "The machine's first settings are gone.", "Write them again: fsck --repair.");
    private static readonly Difference Disk = new("disk-missing", "bob", "The machine's disk is gone, and what was on it.", "Rebuild or delete the hosting: --repair cannot bring it back.");

    private IHost _portal = null!;

    private DriftLedger Ledger => _portal.Services.GetRequiredService<DriftLedger>();

    private DriftQueries Queries => _portal.Services.GetRequiredService<DriftQueries>();

    public async Task InitializeAsync()
    {
        _portal = EngineHost.BuildPortal(postgres.ConnectionString);
        await _portal.Services.GetRequiredService<Migrator>().MigrateAsync();
        await postgres.ExecuteAsync("truncate drift_findings, drift_runs, drift_repairs cascade");
    }

    public Task DisposeAsync()
    {
        _portal.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task AFindingIsOneFromItsFirstSightToItsLastAndItsReturnIsAnother()
    {
        await LookAsync(Seed);
        await LookAsync(Seed with { Words = "Other words." });
        var open = Assert.Single(await Queries.ListOpenAsync(default)).Finding;
        Assert.Equal(("Other words.", 2, true), (open.Words, open.Sightings, open.Mendable));

        await LookAsync();
        Assert.Empty(await Queries.ListOpenAsync(default));
        Assert.Equal(DriftEnd.Passed, Assert.Single(await Queries.ListEndedAsync(10, default)).Finding.Ended);
        await LookAsync(Seed);
        Assert.NotEqual(open.Id, Assert.Single(await Queries.ListOpenAsync(default)).Finding.Id);
    }

    [Fact]
    public async Task TwoOfTheSameKindAndSubjectAreOneFindingWithBothWords()
    {
        await LookAsync(Seed with { Kind = "file-owner", Words = "disk.qcow2 is root's." }, Seed with { Kind = "file-owner", Words = "seed.iso is root's." });
        Assert.Equal("disk.qcow2 is root's. seed.iso is root's.", Assert.Single(await Queries.ListOpenAsync(default)).Finding.Words);
    }

    [Fact]
    public async Task ARepairIsAskedForOnceAndOnlyWhereOneIsPossible()
    {
        await LookAsync(Seed, Disk);
        var open = (await Queries.ListOpenAsync(default)).ToDictionary(f => f.Finding.Kind, f => f.Finding.Id);
        for (var i = 0; i < 2; i++)
            await Ledger.RequestRepairAsync(Admin, open["seed-missing"], null, default);
        Assert.Equal(1, await Ledger.RequestRepairsAsync(Admin, null, default));
        Assert.Single((await Queries.FindAsync(open["seed-missing"], default))!.Repairs);
        await Assert.ThrowsAsync<ConflictException>(() => Ledger.RequestRepairAsync(Admin, open["disk-missing"], null, default));
        await LookAsync(Disk);
        await Assert.ThrowsAsync<ConflictException>(() => Ledger.RequestRepairAsync(Admin, open["seed-missing"], null, default));
        await Assert.ThrowsAsync<NotFoundException>(() => Ledger.RequestRepairAsync(Admin, Guid.NewGuid(), null, default));
    }

    [Fact]
    public async Task WhatTheWorkerRepairedByItselfIsKeptAndAuditedOnceAnHour()
    {
        await LookAsync(Seed);
        for (var i = 0; i < 3; i++)
            await Ledger.NoteRepairAsync(Seed, "host:1", RepairStatus.Repaired, null, default);
        await LookAsync();
        var ended = Assert.Single(await Queries.ListEndedAsync(10, default));
        Assert.Equal((DriftEnd.Repaired, null), (ended.Finding.Ended, ended.Finding.RepairedBy));
        Assert.Single(ended.Repairs);
        Assert.Equal(1, await postgres.ScalarAsync<long>("select count(*) from audit_entries where action = 'drift.repair' and subject = 'seed-missing bob' and outcome = 'repaired'"));
    }

    private async Task LookAsync(params Difference[] differences)
    {
        var run = new DriftRun(DateTimeOffset.UtcNow, null);
        run.Start("host:1", DateTimeOffset.UtcNow);
        await Ledger.RecordAsync(run, new FsckReport(differences, 0, 1), new Dictionary<Guid, Guid?>(), default);
    }
}
