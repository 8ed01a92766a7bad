using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

/// <summary>A worker that stood still past its lease, in the moment before any timer has told it.</summary>
[Trait("Category", "Integration")]
public sealed class LeaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AWorkerThatStoodStillPastItsLeaseRunsNoCommand()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var clock = new JumpingClock();
        await using var lease = await TakeAsync(engine, clock);
        var file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString());
        var runner = new CommandRunner(Options.Create(new EngineSettings()), NullLogger<CommandRunner>.Instance);
        var touch = new Command("touch", [file], TimeSpan.FromSeconds(5));
        Fence.Raise(lease.RequireProof);
        await runner.RunAsync(touch);
        File.Delete(file);

        clock.Jump(Length);

        Assert.False(lease.Lost.IsCancellationRequested);
        await Assert.ThrowsAsync<LeaseLostException>(() => runner.RunAsync(touch));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task AWorkerThatStandsStillDuringACommandDoesNotGoOnWithItsAnswer()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var clock = new JumpingClock();
        await using var lease = await TakeAsync(engine, clock);
        var runner = new CommandRunner(Options.Create(new EngineSettings()), NullLogger<CommandRunner>.Instance);
        Fence.Raise(lease.RequireProof);

        var sleeping = runner.RunAsync(new Command("sleep", ["0.5"], TimeSpan.FromSeconds(5)));
        clock.Jump(Length);

        await Assert.ThrowsAsync<LeaseLostException>(() => sleeping);
    }

    [Fact]
    public async Task AWorkerThatStoodStillPastItsLeaseLeavesNginxAlone()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var nginx = new NginxHost();
        var clock = new JumpingClock();
        await using var lease = await TakeAsync(engine, clock);
        Fence.Raise(lease.RequireProof);
        await nginx.Proxy.PrepareAsync(new RouteTable([], []), default);
        var before = File.ReadAllText(nginx.Sites.Configuration);

        clock.Jump(Length);

        await Assert.ThrowsAsync<LeaseLostException>(() => nginx.Proxy.PrepareAsync(new RouteTable([nginx.Route("late", 1)], [1]), default));
        Assert.Equal(before, File.ReadAllText(nginx.Sites.Configuration));
        await nginx.DisposeAsync();
    }

    [Fact]
    public async Task AProofCountsFromBeforeItsRoundTrip()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var clock = new JumpingClock();
        await using var lease = await TakeAsync(engine, clock);
        clock.Jump(Length - TimeSpan.FromSeconds(1));
        await using var db = await engine.DbAsync();
        var hosting = await db.Hostings.SingleAsync();
        hosting.ClearAttempts();
        db.SavingChanges += (_, _) => clock.Jump(Length);

        await lease.SaveAsync(db, default);

        Assert.Throws<LeaseLostException>(lease.RequireProof);
    }

    [Fact]
    public async Task WhatIsProvenAgainHoldsForAnotherLength()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var clock = new JumpingClock();
        await using var lease = await TakeAsync(engine, clock);
        clock.Jump(Length - TimeSpan.FromSeconds(5));
        await using var db = await engine.DbAsync();

        await lease.SaveAsync(db, default);
        clock.Jump(Length - TimeSpan.FromSeconds(5));

        lease.RequireProof();
    }

    private static async Task<HostingLease> TakeAsync(EngineHost engine, JumpingClock clock)
    {
        var owner = await engine.AddUserAsync($"u{Guid.NewGuid():n}"[..12]);
        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));
        var hosting = (await engine.FindAsync(owner))!;
        HostingLease? lease = null;
        // The engine gives its own back a moment after the operation's end.
        await Eventually.TrueAsync(async () => (lease = await HostingLease.TryTakeAsync(
            engine.Factory, hosting.Id, "a test", Length, clock, NullLogger.Instance, default)) is not null);
        return lease!;
    }

    /// <summary>Its timers are real ones: as in a process that was just woken, they have not run yet.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _ahead;

        public void Jump(TimeSpan by) => Interlocked.Add(ref _ahead, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);
    }
}
