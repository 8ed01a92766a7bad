using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

[Trait("Category", "Integration")]
public sealed class LifecycleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task StopStartRestartAndRebuildKeepSlugSlotAndMachine()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("cycle");
        await engine.CreateAsync(owner);
        var before = (await engine.FindAsync(owner))!;

        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Stop));
        Assert.Equal((HostingStatus.Stopped, RouteTarget.StatePage), await StateAsync(engine, owner));
        Assert.Equal((null, "stopped"), (engine.Proxy.Table.Sites[0].Address, engine.Proxy.Table.Sites[0].State));

        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Start));
        Assert.Equal((HostingStatus.Running, RouteTarget.Guest), await StateAsync(engine, owner));

        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Restart));
        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Rebuild));
        var after = (await engine.FindAsync(owner))!;
        Assert.Equal((before.Slug, before.SlotNumber, before.MachineId), (after.Slug, after.SlotNumber, after.MachineId));
        Assert.Equal((HostingStatus.Running, before.Generation + 1), (after.Status, after.Generation));
    }

    [Fact]
    public async Task ARebuildThatFailsStaysVisibleAndCanBeTriedAgain()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("phoenix");
        await engine.CreateAsync(owner);
        var failures = 1;
        engine.Hypervisor.Before = (name, _) => name == nameof(IHypervisor.CreateDiskAsync) && Interlocked.Decrement(ref failures) >= 0
            ? throw new HostException("The template is damaged.") : Task.CompletedTask;

        var failed = await engine.ChangeAsync(owner, OperationKind.Rebuild);
        Assert.Equal((OperationStatus.Failed, "The machine's disk could not be created. The template is damaged."), (failed.Status, failed.Error));
        Assert.Equal(HostingStatus.Failed, (await StateAsync(engine, owner)).Status);
        Assert.Equal("failed", engine.Proxy.Table.Sites[0].State);

        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Rebuild));
        Assert.Equal(HostingStatus.Running, (await StateAsync(engine, owner)).Status);
    }

    [Fact]
    public async Task WhatTheStateForbidsIsAConflict()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("forbidden");
        await Assert.ThrowsAsync<NotFoundException>(() => engine.Requests.ChangeAsync(owner, OperationKind.Stop, null));
        await engine.CreateAsync(owner);
        await Assert.ThrowsAsync<ConflictException>(() => engine.Requests.ChangeAsync(owner, OperationKind.Start, null));
        await Assert.ThrowsAsync<ConflictException>(() => engine.Requests.CreateAsync(owner, null, null));
    }

    [Fact]
    public async Task AMachineThatItsCustomerShutDownIsShownAsStopped()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("sleepy");
        await engine.CreateAsync(owner);

        engine.Hypervisor.Set((await engine.FindAsync(owner))!.MachineId, MachineState.ShutDown);

        await Eventually.TrueAsync(async () => await StateAsync(engine, owner) == (HostingStatus.Stopped, RouteTarget.StatePage));
        await Eventually.TrueAsync(() => engine.Proxy.Table.Sites.Any(s => s is { Slug: "sleepy", Address: null, State: "stopped" }));
    }

    [Fact]
    public async Task AMachineThatCrashedIsStartedAgain()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("crashy");
        await engine.CreateAsync(owner);
        var machine = (await engine.FindAsync(owner))!.MachineId;

        engine.Hypervisor.Set(machine, MachineState.Off);

        await Eventually.TrueAsync(async () => (await engine.Hypervisor.FindAsync(machine, default))!.State == MachineState.Running
            && await StateAsync(engine, owner) == (HostingStatus.Running, RouteTarget.Guest));
    }

    [Fact]
    public async Task AMachineThatKeepsCrashingIsStartedLaterEachTime()
    {
        await using var engine = await EngineHost.StartAsync(postgres, null, "Engine:ScanSeconds=600");
        var owner = await engine.AddUserAsync("loopy");
        await engine.CreateAsync(owner);
        var machine = (await engine.FindAsync(owner))!.MachineId;

        engine.Hypervisor.Set(machine, MachineState.Off);
        // In one look: two would take the state before the crash and the count after it.
        await Eventually.TrueAsync(async () => await engine.FindAsync(owner) is { Status: HostingStatus.Running, Attempts: 1 });
        engine.Hypervisor.Set(machine, MachineState.Off);
        await Eventually.TrueAsync(async () => (await engine.FindAsync(owner))!.Attempts == 2);

        var hosting = (await engine.FindAsync(owner))!;
        Assert.Equal(HostingStatus.Starting, hosting.Status);
        Assert.True(hosting.NextAttemptAt > DateTimeOffset.UtcNow.AddSeconds(5));
        Assert.Equal(MachineState.Off, (await engine.Hypervisor.FindAsync(machine, default))!.State);
    }

    [Fact]
    public async Task AWorkerThatFindsAFailedStepEndsTheOperationAndDoesNotDoTheRest()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("heir");
        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));
        await using var db = await engine.DbAsync();
        var (hosting, now) = (await db.Hostings.SingleAsync(h => h.OwnerId == owner), DateTimeOffset.UtcNow);
        hosting.Move(HostingTrigger.Restart, now);
        var restart = new Operation(hosting, OperationKind.Restart, now);
        restart.Start(now);
        restart.Steps.MinBy(s => s.Ordinal)!.Fail(now);
        restart.Blame("It could not be stopped.", "a killed worker");
        hosting.Move(HostingTrigger.Broke, now);
        db.Add(restart);

        await db.SaveChangesAsync();

        var ended = await engine.EndedAsync(owner, restart.Id);
        Assert.Equal((OperationStatus.Failed, "It could not be stopped."), (ended.Status, ended.Error));
        Assert.Equal(HostingStatus.Failed, (await engine.FindAsync(owner))!.Status);
    }

    private static async Task<(HostingStatus Status, RouteTarget Route)> StateAsync(EngineHost engine, Guid owner) =>
        await engine.FindAsync(owner) is { } hosting ? (hosting.Status, hosting.Route) : default;
}
