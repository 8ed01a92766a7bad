using WebHoster.Core.Operations;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>The worker's line to PostgreSQL breaks, at every statement of an operation.</summary>
[Trait("Category", "Faults")]
public sealed class CutConnectionTests(CutHost host, ITestOutputHelper output) : IClassFixture<CutHost>
{
    [Theory]
    [InlineData(OperationKind.Create, Cut.Before, 2)]
    [InlineData(OperationKind.Create, Cut.After, 2)]
    [InlineData(OperationKind.Delete, Cut.Before, 1)]
    [InlineData(OperationKind.Delete, Cut.After, 2)]
    [InlineData(OperationKind.Create, Cut.Away, 1)]
    [InlineData(OperationKind.Delete, Cut.Away, 1)]
    [Trait("Set", "Short")]
    public async Task WhereverTheLineToPostgresqlIsCutTheOperationEndsAsItWould(OperationKind kind, Cut cut, int usual)
    {
        var plan = new FaultPlan(output, usual);
        var statements = await host.RecordStatementsAsync(kind);
        output.WriteLine($"{statements.Count} statements");

        var runs = 0;
        foreach (var at in plan.Choose(statements))
            output.WriteLine($"{++runs}. {await host.TryAsync(kind, cut, at)}");
    }
}
