namespace WebHoster.Infrastructure.Operations;

/// <summary>
/// An idempotent piece of work that can say whether it is already done. A step is taken up again from its start after any
/// interruption, so it looks before it acts and adopts what it finds.
/// </summary>
public interface IOperationStep
{
    /// <summary>From <see cref="Core.Operations.StepName"/>.</summary>
    string Name { get; }

    /// <summary>Begins the customer's sentence when the step fails, such as "The disk could not be created."</summary>
    string FailureWords { get; }

    Task<bool> IsDoneAsync(StepContext context, CancellationToken ct);

    Task RunAsync(StepContext context, CancellationToken ct);
}
