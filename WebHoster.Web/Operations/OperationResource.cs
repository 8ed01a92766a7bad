using WebHoster.Core.Operations;

namespace WebHoster.Web.Operations;

/// <summary>A step of an operation, as the API and the hub show it.</summary>
public sealed record StepResource(string Name, StepStatus Status, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt);

/// <summary>An operation, as the API and the hub show it.</summary>
/// <param name="Progress">Per cent.</param>
/// <param name="Error">Why it failed, for people; null where it did not.</param>
public record OperationResource(
    Guid Id, OperationKind Kind, OperationStatus Status, int Progress, IReadOnlyList<StepResource> Steps, string? Error,
    Guid HostingId, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    public static OperationResource Of(Operation operation) => new(
        operation.Id, operation.Kind, operation.Status, operation.Progress,
        [.. operation.Steps.OrderBy(s => s.Ordinal).Select(s => new StepResource(s.Name, s.Status, s.StartedAt, s.FinishedAt))],
        operation.Error, operation.HostingId, operation.CreatedAt, operation.FinishedAt);
}

/// <summary>A line of an operation's log.</summary>
public sealed record LogLineResource(long Id, DateTimeOffset At, string? Step, string Message);
