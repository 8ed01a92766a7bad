using WebHoster.Core.Operations;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>PostgreSQL's own disk is full from any one command of an operation on, until it panics.</summary>
[Trait("Category", "Faults")]
public sealed class FullDatabaseTests(FullDatabaseHost host, ITestOutputHelper output) : IClassFixture<FullDatabaseHost>
{
    [SmallDiskTheory]
    [InlineData(OperationKind.Create, 1)]
    [InlineData(OperationKind.Delete, 1)]
    public async Task WhenPostgresqlPanicsOnAFullDiskNothingIsLostOnceThereIsRoom(OperationKind kind, int usual)
    {
        var plan = new FaultPlan(output, usual);
        var calls = await host.RecordAsync(kind, effectsOnly: false);
        output.WriteLine($"{calls.Count} calls");

        var runs = 0;
        foreach (var call in plan.Choose(calls))
            output.WriteLine($"{++runs}. {await host.TryAsync(kind, call)}");
    }
}
