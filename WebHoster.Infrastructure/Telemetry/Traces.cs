using System.Diagnostics;
using WebHoster.Core;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>
/// Spans from a request through its operation and each step to every outside program. An operation keeps the trace of the request that asked
/// for it, so that the worker's spans join it, be the worker another process, or one that takes the operation up after a killed one.
/// </summary>
public static class Traces
{
    public const string SourceName = "WebHoster";
    private const int MaxCommand = 500;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>One try at an operation. Null where nobody listens.</summary>
    public static Activity? Begin(Operation operation)
    {
        ActivityContext.TryParse(operation.TraceParent, null, isRemote: true, out var parent);
        var span = Source.StartActivity($"{operation.Kind.Word()} hosting", ActivityKind.Consumer, parent);
        return span?.SetTag("webhoster.operation.id", operation.Id).SetTag("webhoster.operation.kind", operation.Kind.Word())
            .SetTag("webhoster.hosting.id", operation.HostingId).SetTag("webhoster.hosting.slug", operation.Slug);
    }

    public static void End(this Activity? span, Operation operation)
    {
        span?.SetTag("webhoster.operation.status", operation.Status.Word());
        if (operation.Error is { } error)
            span?.SetStatus(ActivityStatusCode.Error, error);
    }

    public static Activity? Begin(OperationStep step) =>
        Source.StartActivity(step.Name)?.SetTag("webhoster.step.name", step.Name);

    /// <summary>Only within something that is traced: what a clock does every ten seconds is nobody's request.</summary>
    public static Activity? Begin(Command command)
    {
        if (Activity.Current is null)
            return null;
        var line = command.ToString();
        return Source.StartActivity(command.Program, ActivityKind.Client)?.SetTag("process.executable.name", command.Program)
            .SetTag("process.command_line", line.Length > MaxCommand ? line[..MaxCommand] + "…" : line);
    }

    public static void End(this Activity? span, CommandResult result)
    {
        span?.SetTag("process.exit.code", result.ExitCode);
        if (!result.Ok)
            span?.SetStatus(ActivityStatusCode.Error, result.Error.Trim());
    }
}
