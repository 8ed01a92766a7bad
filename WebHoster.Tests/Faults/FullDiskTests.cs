using WebHoster.Core.Operations;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>The disk is full from any one command of an operation on.</summary>
[Trait("Category", "Faults")]
public sealed class FullDiskTests(FullDiskHost host, ITestOutputHelper output) : IClassFixture<FullDiskHost>
{
    [SmallDiskTheory]
    [InlineData(OperationKind.Create, 2)]
    [InlineData(OperationKind.Delete, 2)]
    [InlineData(OperationKind.Rebuild, 1)]
    [InlineData(OperationKind.Restart, 1)]
    [Trait("Set", "Short")]
    public async Task WheneverTheDiskIsFullTheOperationEndsAndNothingIsLost(OperationKind kind, int usual)
    {
        var plan = new FaultPlan(output, usual);
        var calls = await host.RecordAsync(kind, effectsOnly: false);
        output.WriteLine($"{calls.Count} calls");

        var runs = 0;
        foreach (var call in plan.Choose(calls))
            output.WriteLine($"{++runs}. {await host.TryAsync(kind, call)}");
    }
}
