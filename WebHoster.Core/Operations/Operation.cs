using System.Diagnostics;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;

namespace WebHoster.Core.Operations;

public enum OperationKind { Create, Start, Stop, Restart, Rebuild, Delete }

public enum OperationStatus { Queued, Running, Succeeded, Failed, Cancelled }

/// <summary>One asked-for change, with its steps, timings, log and outcome. It outlives its hosting.</summary>
public sealed class Operation
{
    private readonly List<OperationStep> _steps = [];

    private Operation() { }

    /// <param name="publicKey">Of a create: one line, as an authorized key is written.</param>
    public Operation(Hosting hosting, OperationKind kind, DateTimeOffset now, string? publicKey = null)
    {
        PublicKey = publicKey;
        Id = Guid.CreateVersion7(now);
        HostingId = hosting.Id;
        OwnerId = hosting.OwnerId;
        Slug = hosting.Slug;
        Kind = kind;
        CreatedAt = now;
        TraceParent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } asked ? asked.Id : null;
        Append(OperationPlan.StepsOf(kind));
    }

    public Guid Id { get; private set; }

    public OperationKind Kind { get; private set; }

    public OperationStatus Status { get; private set; } = OperationStatus.Queued;

    /// <summary>Kept after the hosting is gone; deliberately no foreign key.</summary>
    public Guid HostingId { get; private set; }

    public Guid OwnerId { get; private set; }

    public string Slug { get; private set; } = "";

    /// <summary>Of a create, the public key that it was asked for with, so that it can be asked for again.</summary>
    public string? PublicKey { get; private init; }

    /// <summary>Why it failed, in words for the customer.</summary>
    public string? Error { get; private set; }

    /// <summary>What the tool said, for administrators.</summary>
    public string? ErrorDetail { get; private set; }

    /// <summary>The trace of the request that asked for it, as a W3C <c>traceparent</c>; null where nothing was traced.</summary>
    public string? TraceParent { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    public IReadOnlyList<OperationStep> Steps => _steps;

    public bool IsUnfinished => Status is OperationStatus.Queued or OperationStatus.Running;

    /// <summary>True from the moment a create has failed until its undoing is done.</summary>
    public bool IsRollingBack => Error is not null && IsUnfinished && Kind == OperationKind.Create;

    /// <summary>Per cent, weighted by how long each step usually takes.</summary>
    public int Progress => Status switch
    {
        OperationStatus.Succeeded => 100,
        _ => (int)(100L * _steps.Where(s => s.Status == StepStatus.Done).Sum(s => OperationPlan.Weight(s.Name))
            / Math.Max(1, _steps.Sum(s => OperationPlan.Weight(s.Name)))),
    };

    public void Start(DateTimeOffset now)
    {
        if (Status != OperationStatus.Queued)
            return;
        Status = OperationStatus.Running;
        StartedAt = now;
    }

    public void Succeed(DateTimeOffset now) => Finish(OperationStatus.Succeeded, now);

    public void Cancel(string why, DateTimeOffset now)
    {
        Error ??= why;
        Finish(OperationStatus.Cancelled, now);
    }

    public void Fail(DateTimeOffset now) => Finish(OperationStatus.Failed, now);

    /// <summary>Records why; the operation itself ends when what it left behind is undone.</summary>
    public void Blame(string error, string? detail) => (Error, ErrorDetail) = (error, detail);

    /// <summary>A failed create goes on with the steps of a delete: undoing and deleting are one path.</summary>
    public void AppendTeardown()
    {
        foreach (var step in _steps.Where(s => s.Status == StepStatus.Waiting))
            step.Skip();
        Append(OperationPlan.StepsOf(OperationKind.Delete));
    }

    private void Append(IEnumerable<string> names) =>
        _steps.AddRange(names.Select((name, i) => new OperationStep(Id, _steps.Count + i, name)).ToList());

    private void Finish(OperationStatus status, DateTimeOffset now)
    {
        if (!IsUnfinished)
            throw new ConflictException($"The operation is already {Status.Word()}.");
        Status = status;
        FinishedAt = now;
        foreach (var step in _steps.Where(s => s.Status is StepStatus.Waiting or StepStatus.Running))
            step.Skip();
    }
}
