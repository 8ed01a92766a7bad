using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>A worker that stands still past its lease, and wakes when all is done.</summary>
[Trait("Category", "Faults")]
public sealed class FrozenWorkerTests(FaultHost host, ITestOutputHelper output) : IClassFixture<FaultHost>
{
    [Fact]
    public async Task AWorkerThatWakesAfterItsLeaseDoesNothingMore()
    {
        var plan = new FaultPlan(output, usual: 1);
        // Not while it holds nginx's lock: then it is ended, and never wakes.
        var points = (await host.RecordAsync(OperationKind.Create, effectsOnly: true)).Where(c => !c.Key.StartsWith("nginx:", StringComparison.Ordinal));

        foreach (var call in plan.Choose(points))
        {
            var owner = await host.AddUserAsync();
            host.Tools.Tell(new Fault("freeze", call));
            var create = await host.RequestAsync(owner, OperationKind.Create);
            var hosting = await host.FindAsync(owner);
            await Eventually.TrueAsync(() => host.Tools.Fired.Count == 1);
            var frozen = host.Worker(int.Parse(host.Tools.Fired[0].Split(' ')[0]));
            EngineHost.AssertSucceeded(await host.EndedAsync(owner, create));
            EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Delete));

            var since = host.Tools.Count;
            await frozen.ContinueAsync();
            await frozen.SaysAsync($"Hosting {hosting!.Id} went to another worker");

            Assert.Empty(host.Tools.EffectsOf(frozen.Id, since));
            Assert.Empty(host.Tools.Domains);
            await host.AssertFsckCleanAsync($"freeze at {call}");
            output.WriteLine($"freeze at {call}: nothing done after waking");
        }
    }

    [Fact]
    [Trait("Set", "Short")]
    public async Task AWorkerFrozenWithNginxsLockIsEndedAndTheNextOneGoesOn()
    {
        var owner = await host.AddUserAsync();
        host.Tools.Tell(new Fault("freeze", new Call("nginx:reload", 1)));
        var create = await host.RequestAsync(owner, OperationKind.Create);
        await Eventually.TrueAsync(() => host.Tools.Fired.Count == 1);
        var frozen = host.Worker(int.Parse(host.Tools.Fired[0].Split(' ')[0]));

        EngineHost.AssertSucceeded(await host.EndedAsync(owner, create));
        await frozen.Exited;
        Assert.Contains($"Process {frozen.Id} holds ", host.WorkerLogs);
        EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Delete));
        await host.AssertFsckCleanAsync("freeze with nginx's lock");
    }
}
