using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using WebHoster.Tests.Libvirt;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>The most telling faults, over real machines.</summary>
[Collection(RealGuests.Name)]
public sealed class RealMachineTests(RealFaultHost host, ITestOutputHelper output) : IClassFixture<RealFaultHost>
{
    private static readonly Call VirtInstall = new("virt-install", 1);
    private static readonly Call Start = new("virsh:start", 1);

    /// <summary>The few that every run tries: a guest takes its time.</summary>
    [Fact]
    [Trait("Category", "Vm")]
    public async Task AHostingComesAndGoesWhileWorkersAndLibvirtAreKilled()
    {
        var owner = await host.AddUserAsync();
        await EndAsync(OperationKind.Create, new("kill-after", new("qemu-img:create", 1)), new("libvirtd", VirtInstall), new("kill-early", Start), new("kill-before", new("nginx:reload", 1)));
        await EndAsync(OperationKind.Delete, new("kill-after", new("virsh:destroy", 1)), new("libvirtd", new("virsh:undefine", 1)), new("kill-before", new("rm", 1)));
        Assert.Null(await host.FindAsync(owner));

        async Task EndAsync(OperationKind kind, params Fault[] faults)
        {
            host.Tools.Tell(faults);
            EngineHost.AssertSucceeded(await host.DoAsync(owner, kind));
            Assert.Empty(host.Tools.Waiting);
            await host.AssertFsckCleanAsync($"a {kind} with {faults.Length} faults");
        }
    }

    [Theory]
    [InlineData(OperationKind.Create, 4)]
    [InlineData(OperationKind.Delete, 3)]
    [Trait("Category", "RealFaults")]
    public Task AnOperationWhoseWorkersAreKilledAtEveryPointEndsAllTheSame(OperationKind kind, int usual) =>
        Kills.AtEveryPointAsync(host, kind, new FaultPlan(output, usual), output);

    [Fact]
    [Trait("Category", "RealFaults")]
    public Task ManyKillsAtRandomMomentsLeaveNothingLeakedAndNothingLost() =>
        Kills.AtRandomAsync(host, new FaultPlan(output, usual: 5), users: 2, OperationKind.Restart, output);

    /// <summary>Before each call of a tool that talks to it; the operation waits until it is back.</summary>
    [Theory]
    [InlineData(OperationKind.Create)]
    [InlineData(OperationKind.Delete)]
    [Trait("Category", "RealFaults")]
    public async Task AnOperationEndsAlthoughLibvirtIsKilledAtEachOfItsSteps(OperationKind kind)
    {
        var points = (await host.RecordChainAsync(kind)).Where(c => c.Key.StartsWith("virsh:", StringComparison.Ordinal) || c == VirtInstall).ToList();
        Kills.AssertSucceeded(host, await Trial.RunAsync(host, kind, [.. points.Select(p => new Fault("libvirtd", p))]), output);
    }
}
