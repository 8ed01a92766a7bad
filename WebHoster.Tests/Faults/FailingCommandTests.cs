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
    [InlineData(OperationKind.Create, "hang", 1)]
    [InlineData(OperationKind.Delete, "hang", 1)]
    public async Task WhicheverCommandFailsTheHostingRunsOrEverythingIsUndone(OperationKind kind, string fault, int usual)
    {
        var plan = new FaultPlan(output, usual);
        var calls = await host.RecordAsync(kind, effectsOnly: false);
        output.WriteLine($"{calls.Count} calls");

        var runs = 0;
        foreach (var call in plan.Choose(calls))
            output.WriteLine($"{++runs}. {await Trial.RunAsync(host, kind, fault, call)}");
    }
}
