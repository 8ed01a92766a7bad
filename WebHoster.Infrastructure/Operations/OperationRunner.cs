using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Operations;

/// <summary>Does the steps of one operation in order and decides what a failure means.</summary>
public sealed class OperationRunner(
    IEnumerable<IOperationStep> steps, IReverseProxy proxy, RouteTables routes, IOptions<EngineSettings> engine, TimeProvider clock, ILogger<OperationRunner> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BusyPause = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, IOperationStep> _steps = steps.ToDictionary(s => s.Name);

    /// <summary>True where the operation has ended or changed course; false where it waits for its next try.</summary>
    public async Task<bool> RunAsync(StepContext context, CancellationToken ct)
    {
        using var span = Traces.Begin(context.Operation);
        var ended = await DoStepsAsync(context, ct);
        span.End(context.Operation);
        return ended;
    }

    private async Task<bool> DoStepsAsync(StepContext context, CancellationToken ct)
    {
        var operation = context.Operation;
        operation.Start(clock.GetUtcNow());
        if (!operation.IsRollingBack && operation.Steps.Any(s => s.Status == StepStatus.Failed))
            return await EndBrokenAsync(context, ct);
        while (operation.Steps.OrderBy(s => s.Ordinal).FirstOrDefault(s => s.Status is StepStatus.Waiting or StepStatus.Running) is { } step)
        {
            context.Step = step.Name;
            if (await FailureOfAsync(step, context, ct) is not { } failure)
                continue;

            logger.LogWarning(failure, "{Kind} of {Slug}: {Step} failed", operation.Kind.Word(), operation.Slug, step.Name);
            return await HandleAsync(failure, step, context, ct);
        }
        return true;
    }

    /// <summary>Null where the step is done. Only what says something about the host counts; a lost lease or database goes up.</summary>
    private async Task<Exception?> FailureOfAsync(OperationStep step, StepContext context, CancellationToken ct)
    {
        using var span = Traces.Begin(step);
        var work = _steps[step.Name];
        step.Start(clock.GetUtcNow());
        await context.SaveAsync();
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
            deadline.CancelAfter(TimeLeft(context.Operation));
            try
            {
                if (!await work.IsDoneAsync(context, deadline.Token))
                {
                    Fence.Require();
                    await work.RunAsync(context, deadline.Token);
                }
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                throw new HostException($"It took longer than {engine.Value.CreateDeadlineSeconds} s altogether.");
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or LeaseLostException) && !e.IsDatabaseTrouble())
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            return e;
        }

        step.Finish(clock.GetUtcNow());
        if (context.Operation.Steps.All(s => s.Status is not (StepStatus.Waiting or StepStatus.Running)))
            End(context);
        await context.SaveAsync();
        return null;
    }

    private static void End(StepContext context, DateTimeOffset now)
    {
        var (hosting, operation) = (context.Hosting, context.Operation);
        switch (operation.Kind)
        {
            case OperationKind.Create when operation.IsRollingBack:
                context.Note("Undone: nothing was left behind.");
                operation.Fail(now);
                return;
            case OperationKind.Delete:
                operation.Succeed(now);
                return;
            case OperationKind.Stop:
                hosting.Move(HostingTrigger.MachineStopped, now);
                break;
            default:
                hosting.Move(HostingTrigger.BecameReady, now);
                break;
        }
        hosting.Settle();
        operation.Succeed(now);
    }

    private void End(StepContext context) => End(context, clock.GetUtcNow());

    private async Task<bool> HandleAsync(Exception failure, OperationStep step, StepContext context, CancellationToken ct)
    {
        var (hosting, operation, now) = (context.Hosting, context.Operation, clock.GetUtcNow());
        var words = FailureWords.For(_steps[step.Name].FailureWords, failure);
        var goesOn = true;
        if (context.IsLeaving)
        {
            // A delete never rolls back and never gives up: it tries again, later each time.
            var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 5 * Math.Pow(2, hosting.Attempts)));
            hosting.PutOff(now, pause);
            context.Note($"{words} Trying again in {pause.TotalSeconds:0} s.");
            goesOn = false;
        }
        else if (failure is HostBusyException)
        {
            // Nothing is known to be wrong; a create's own deadline bounds the tries.
            hosting.PutOff(now, BusyPause);
            context.Note($"{words} Trying again in {BusyPause.TotalSeconds:0} s.");
            goesOn = false;
        }
        else if (operation.Kind == OperationKind.Create)
        {
            step.Fail(now);
            operation.Blame(words, FailureWords.DetailOf(failure));
            operation.AppendTeardown();
            hosting.Move(HostingTrigger.Delete, now);
            context.Note($"{words} Everything is undone now.");
        }
        else
        {
            step.Fail(now);
            operation.Blame(words, FailureWords.DetailOf(failure));
            hosting.Move(HostingTrigger.Broke, now);
            await context.LogAsync(words);
            return await EndBrokenAsync(context, ct);
        }
        await context.SaveAsync();
        return goesOn;
    }

    /// <summary>Also for whoever takes up what another worker was about to end: the steps after the failed one are not for doing.</summary>
    private async Task<bool> EndBrokenAsync(StepContext context, CancellationToken ct)
    {
        await ShowStateAsync(ct);
        context.Operation.Fail(clock.GetUtcNow());
        await context.SaveAsync();
        return true;
    }

    /// <summary>Before the operation ends, so that whoever follows it sees visitors served accordingly; else the scan does it.</summary>
    private async Task ShowStateAsync(CancellationToken ct)
    {
        try
        {
            await proxy.ApplyLatestAsync(routes.LoadAsync, ct);
        }
        catch (Exception e) when (e is HostException or IOException)
        {
            logger.LogWarning("nginx does not show the failure yet: {Reason}", e.Message);
        }
    }

    private TimeSpan TimeLeft(Operation operation)
    {
        if (operation.Kind != OperationKind.Create || operation.IsRollingBack)
            return Timeout.InfiniteTimeSpan;
        var left = operation.CreatedAt.AddSeconds(engine.Value.CreateDeadlineSeconds) - clock.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
