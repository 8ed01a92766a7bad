using System.Diagnostics;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>One create or delete with one fault in it, which must end whole or undone, with a clean fsck.</summary>
internal sealed record Trial(string Action, Call Call, Operation Operation, TimeSpan Took)
{
    public static async Task<Trial> RunAsync(FaultHost host, OperationKind kind, string action, Call call)
    {
        var owner = await host.AddUserAsync();
        var worker = await host.WorkerAsync();
        if (kind == OperationKind.Delete)
            EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Create));

        var watch = Stopwatch.StartNew();
        host.Tools.Tell(action, call);
        var ended = host.EndedAsync(owner, await host.RequestAsync(owner, kind));
        await Task.WhenAny(ended, worker.Exited);
        await host.WorkerAsync();
        var trial = new Trial(action, call, await ended, watch.Elapsed);
        host.Tools.TellNothing();

        Assert.True(host.Tools.HasFired, $"{trial}: the fault did not come about.\n{host.WorkerLogs}");
        await host.AssertFsckCleanAsync(trial.ToString());
        var hosting = await host.FindAsync(owner);
        if (kind == OperationKind.Create && trial.Operation.Status == OperationStatus.Succeeded)
            Assert.Equal(HostingStatus.Running, hosting?.Status);
        else
            Assert.Null(hosting);
        if (hosting is not null)
            EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Delete));
        return trial;
    }

    public override string ToString() =>
        $"{Operation.Kind} with {Action} {Call}: {Operation.Status} after {Took.TotalSeconds:0.0} s {Operation.Error}";
}
