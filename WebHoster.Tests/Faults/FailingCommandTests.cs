using WebHoster.Core.Operations;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>Each outside command refuses once, or never answers.</summary>
[Trait("Category", "Faults")]
public sealed class FailingCommandTests(FaultHost host, ITestOutputHelper output) : IClassFixture<FaultHost>
{
    [Theory]
    [InlineData(OperationKind.Create, "fail", 2)]
    [InlineData(OperationKind.Delete, "fail", 1)]
    [InlineData(OperationKind.Create, "hang", 2)]
    [InlineData(OperationKind.Delete, "hang", 1)]
    [Trait("Set", "Short")]
    public async Task WhicheverCommandFailsTheHostingRunsOrEverythingIsUndone(OperationKind kind, string action, int usual)
    {
        var plan = new FaultPlan(output, usual);
        var calls = await host.RecordAsync(kind, effectsOnly: false);
        output.WriteLine($"{calls.Count} calls");

        var (runs, reached) = (0, 0);
        foreach (var call in plan.Choose(calls))
        {
            var trial = await Trial.RunAsync(host, kind, new Fault(action, call));
            output.WriteLine($"{++runs}. {trial}");
            reached += trial.Missing.Count == 0 ? 1 : 0;
        }
        // A worker's clock looks at the host as well, so that not every call of the recording comes again.
        Assert.True(reached >= runs * 0.8, $"{reached} of {runs} faults came about.");
    }
}
