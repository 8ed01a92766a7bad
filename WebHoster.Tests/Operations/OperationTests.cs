using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Slots;
using Xunit;

namespace WebHoster.Tests.Operations;

[Trait("Category", "Unit")]
public sealed class OperationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void ProgressRisesWithEveryStepAndEndsAtAHundred()
    {
        var operation = NewOperation(OperationKind.Create);
        var seen = new List<int> { operation.Progress };
        foreach (var step in operation.Steps)
        {
            step.Finish(Now);
            seen.Add(operation.Progress);
        }
        operation.Succeed(Now);

        Assert.Equal(0, seen[0]);
        Assert.Equal(seen.Order().Distinct(), seen);
        Assert.Equal(100, operation.Progress);
    }

    [Fact]
    public void AFailedCreateGoesOnWithTheStepsOfADelete()
    {
        var operation = NewOperation(OperationKind.Create);
        operation.Start(Now);
        operation.Steps[0].Finish(Now);
        operation.Steps[1].Fail(Now);
        operation.Blame("The disk could not be created.", null);
        operation.AppendTeardown();

        Assert.True(operation.IsRollingBack);
        Assert.Equal(
            OperationPlan.StepsOf(OperationKind.Delete),
            operation.Steps.Where(s => s.Status == StepStatus.Waiting).OrderBy(s => s.Ordinal).Select(s => s.Name));
        Assert.Equal(operation.Steps.Count, operation.Steps.Select(s => s.Ordinal).Distinct().Count());
    }

    [Fact]
    public void AnEndedOperationEndsOnlyOnce()
    {
        var operation = NewOperation(OperationKind.Stop);
        operation.Cancel("deleted", Now);
        Assert.Throws<ConflictException>(() => operation.Succeed(Now));
        Assert.Equal(OperationStatus.Cancelled, operation.Status);
    }

    private static Operation NewOperation(OperationKind kind) => new(
        new Hosting(Guid.NewGuid(), Guid.NewGuid(), 1, "bob", new Slot(0), new MachineSize(1024, 1, 10), Now), kind, Now);
}
