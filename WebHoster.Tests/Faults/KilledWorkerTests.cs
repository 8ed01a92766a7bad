using WebHoster.Core.Operations;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>SIGKILL around every effect, and at any moment.</summary>
[Trait("Category", "Faults")]
public sealed class KilledWorkerTests(FaultHost host, ITestOutputHelper output) : IClassFixture<FaultHost>
{
    [Theory]
    [InlineData(OperationKind.Create, 4)]
    [InlineData(OperationKind.Delete, 3)]
    [InlineData(OperationKind.Rebuild, 2)]
    [Trait("Set", "Short")]
    public Task AnOperationWhoseWorkersAreKilledAtEveryPointEndsAllTheSame(OperationKind kind, int usual) =>
        Kills.AtEveryPointAsync(host, kind, new FaultPlan(output, usual), output);

    [Theory]
    [InlineData(OperationKind.Create)]
    [InlineData(OperationKind.Delete)]
    public async Task WhereverAWorkerIsKilledAnotherEndsTheOperation(OperationKind kind)
    {
        var plan = new FaultPlan(output, usual: 1);
        var points = await host.RecordAsync(kind, effectsOnly: true);
        var all = points.SelectMany(_ => Kills.Moments, (call, moment) => new Fault(moment, call)).ToList();
        output.WriteLine($"{points.Count} effects, {all.Count} points");
        foreach (var fault in plan.Choose(all))
            Kills.AssertSucceeded(host, await Trial.RunAsync(host, kind, fault), output);
    }

    [Fact]
    [Trait("Set", "Short")]
    public Task ManyKillsAtRandomMomentsLeaveNothingLeakedAndNothingLost() =>
        Kills.AtRandomAsync(host, new FaultPlan(output, usual: 5), users: 3, OperationKind.Rebuild, output);
}
