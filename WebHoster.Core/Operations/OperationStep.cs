namespace WebHoster.Core.Operations;

public enum StepStatus { Waiting, Running, Done, Failed, Skipped }

/// <summary>An idempotent piece of an operation's work, as people see it.</summary>
public sealed class OperationStep
{
    private OperationStep() { }

    internal OperationStep(Guid operationId, int ordinal, string name) =>
        (OperationId, Ordinal, Name) = (operationId, ordinal, name);

    public Guid OperationId { get; private set; }

    public int Ordinal { get; private set; }

    /// <summary>Verb-noun, from <see cref="OperationPlan"/>.</summary>
    public string Name { get; private set; } = "";

    public StepStatus Status { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>Also called when a step is taken up again after its worker died: the first start stays.</summary>
    public void Start(DateTimeOffset now)
    {
        Status = StepStatus.Running;
        StartedAt ??= now;
    }

    public void Finish(DateTimeOffset now) => (Status, StartedAt, FinishedAt) = (StepStatus.Done, StartedAt ?? now, now);

    public void Fail(DateTimeOffset now) => (Status, FinishedAt) = (StepStatus.Failed, now);

    internal void Skip() => Status = StepStatus.Skipped;
}

/// <summary>A line of an operation's log, in the order in which it was committed.</summary>
public sealed class OperationEvent(Guid operationId, DateTimeOffset at, string? step, string message)
{
    public long Id { get; private set; }

    public Guid OperationId { get; private set; } = operationId;

    public DateTimeOffset At { get; private set; } = at;

    public string? Step { get; private set; } = step;

    public string Message { get; private set; } = message;
}
