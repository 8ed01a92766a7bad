using System.Diagnostics;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>One operation with faults in it, which must end whole or undone, with a clean fsck.</summary>
/// <param name="Missing">Faults that did not come about.</param>
internal sealed record Trial(IReadOnlyList<Fault> Faults, Operation Operation, TimeSpan Took, IReadOnlyList<string> Missing)
{
    public static async Task<Trial> RunAsync(FaultHost host, OperationKind kind, params IReadOnlyList<Fault> faults)
    {
        var owner = await host.AddUserAsync();
        if (kind != OperationKind.Create)
            EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Create));

        var watch = Stopwatch.StartNew();
        host.Tools.Tell(faults);
        var trial = new Trial(faults, await host.DoAsync(owner, kind), watch.Elapsed, host.Tools.Waiting);
        host.Tools.TellNothing();

        await host.AssertFsckCleanAsync(trial.ToString());
        var hosting = await host.FindAsync(owner);
        if (kind == OperationKind.Delete || (kind == OperationKind.Create && trial.Operation.Status != OperationStatus.Succeeded))
            Assert.Null(hosting);
        else if (trial.Operation.Status == OperationStatus.Succeeded)
            Assert.Equal(HostingStatus.Running, hosting?.Status);
        if (hosting is not null)
            EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Delete));
        return trial;
    }

    public override string ToString()
    {
        var faults = Faults.Count == 1 ? Faults[0].ToString() : $"{Faults.Count} faults";
        return $"{Operation.Kind} with {faults}: {Operation.Status} after {Took.TotalSeconds:0.0} s {Operation.Error}".TrimEnd()
            + (Missing.Count == 0 ? "" : $" (not reached: {string.Join(", ", Missing)})");
    }
}
