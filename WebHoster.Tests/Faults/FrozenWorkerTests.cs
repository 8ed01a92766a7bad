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
        // Not while it holds nginx's lock: nobody else may write there until it has died.
        var points = (await host.RecordAsync(OperationKind.Create, effectsOnly: true)).Where(c => !c.Key.StartsWith("nginx:", StringComparison.Ordinal));

        foreach (var call in plan.Choose(points))
        {
            var owner = await host.AddUserAsync();
            var frozen = await host.WorkerAsync();
            host.Tools.Tell("freeze", call);
            var create = await host.RequestAsync(owner, OperationKind.Create);
            var hosting = await host.FindAsync(owner);
            await Eventually.TrueAsync(() => host.Tools.HasFired);
            await host.StartWorkerAsync();
            EngineHost.AssertSucceeded(await host.EndedAsync(owner, create));
            EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Delete));

            var since = host.Tools.Count;
            await frozen.ContinueAsync();
            await frozen.SaysAsync($"Hosting {hosting!.Id} went to another worker");

            Assert.Empty(host.Tools.EffectsOf(frozen.Id, since));
            Assert.Empty(host.Tools.Domains);
            await host.AssertFsckCleanAsync($"freeze at {call}");
            output.WriteLine($"freeze at {call}: nothing done after waking");
            await frozen.KillAsync();
        }
    }
}
