using System.Diagnostics;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Operations.Steps;

public sealed class StartMachine(IHypervisor hypervisor) : IOperationStep
{
    public string Name => StepName.StartMachine;

    public string FailureWords => "The machine could not be started.";

    public async Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) =>
        await hypervisor.FindAsync(context.Spec.Id, ct) is { State: MachineState.Running } machine
        && machine.Generation == context.Spec.Generation;

    public Task RunAsync(StepContext context, CancellationToken ct) => hypervisor.StartAsync(context.Spec, ct);
}

/// <summary>Power button first, again and again: a guest that is still booting does not hear it. After the grace time the plug.</summary>
public sealed class ShutDownMachine(IHypervisor hypervisor, IOptions<EngineSettings> engine) : IOperationStep
{
    private static readonly TimeSpan BetweenPresses = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public string Name => StepName.ShutDownMachine;

    public string FailureWords => "The machine could not be stopped.";

    public async Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) =>
        await hypervisor.FindAsync(context.Spec.Id, ct) is not { State: MachineState.Running or MachineState.Paused };

    public async Task RunAsync(StepContext context, CancellationToken ct)
    {
        var grace = Stopwatch.StartNew();
        TimeSpan? pressed = null;
        while (grace.Elapsed.TotalSeconds < engine.Value.ShutdownGraceSeconds)
        {
            if (await IsDoneAsync(context, ct))
                return;
            if (pressed is null || grace.Elapsed - pressed >= BetweenPresses)
            {
                pressed = grace.Elapsed;
                await hypervisor.ShutDownAsync(context.Spec.Id, ct);
            }
            await Task.Delay(Pause, ct);
        }
        await context.LogAsync($"It did not shut down within {engine.Value.ShutdownGraceSeconds} s and is switched off.");
        await hypervisor.DestroyAsync(context.Spec.Id, ct);
    }
}

public sealed class RemoveMachine(IHypervisor hypervisor) : IOperationStep
{
    public string Name => StepName.RemoveMachine;

    public string FailureWords => "The machine could not be removed.";

    /// <summary>Never skipped: where the domain is gone already, its DHCP and neighbour entries may be left.</summary>
    public Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) => Task.FromResult(false);

    public Task RunAsync(StepContext context, CancellationToken ct) => hypervisor.RemoveAsync(context.Spec, ct);
}

/// <summary>A fresh machine is ready when it shows its own page and an SSH banner on its own address.</summary>
public sealed class AwaitReady(IHypervisor hypervisor, IOptions<EngineSettings> engine) : IOperationStep
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private const int ConsoleLines = 15;

    public string Name => StepName.AwaitReady;

    public string FailureWords => "The machine started but did not become ready.";

    public Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) => Task.FromResult(false);

    public async Task RunAsync(StepContext context, CancellationToken ct)
    {
        var marker = WelcomePage.Marker(context.Spec);
        var limit = Stopwatch.StartNew();
        var (http, ssh) = (false, false);
        while (limit.Elapsed.TotalSeconds < engine.Value.ReadySeconds)
        {
            var answer = await hypervisor.AskGuestAsync(context.Spec, ct);
            if (answer.Ssh && !ssh)
                await context.LogAsync("SSH answers.");
            if (answer.Http && !http)
                await context.LogAsync("The web server answers.");
            (http, ssh) = (answer.Http, answer.Ssh);
            if (ssh && answer.Body.Contains(marker))
                return;

            await RequireRunningAsync(context, ct);
            await Task.Delay(Pause, ct);
        }

        var silent = (http, ssh) switch
        {
            (false, false) => "Neither its web server nor SSH answered on its network address",
            (true, false) => "SSH did not answer",
            (false, true) => "Its web server did not answer",
            _ => "Its welcome page did not appear",
        };
        throw new HostException(
            $"{silent} within {engine.Value.ReadySeconds} s.",
            $"Last lines of the console:\n{await hypervisor.ReadConsoleTailAsync(context.Spec.Id, ConsoleLines, ct)}");
    }

    private async Task RequireRunningAsync(StepContext context, CancellationToken ct)
    {
        var state = (await hypervisor.FindAsync(context.Spec.Id, ct))?.State;
        if (state == MachineState.Running)
            return;
        throw new HostException(
            state == MachineState.Paused
                ? "It was halted because the host could not write its disk; most likely the host's disk is full."
                : "It stopped by itself.",
            await hypervisor.ReadConsoleTailAsync(context.Spec.Id, ConsoleLines, ct));
    }
}

/// <summary>
/// After a start the machine is the customer's, who may have neither web server nor SSH: wait for either, but not for ever,
/// and fail only when it does not run.
/// </summary>
public sealed class AwaitBoot(IHypervisor hypervisor, IOptions<EngineSettings> engine) : IOperationStep
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public string Name => StepName.AwaitBoot;

    public string FailureWords => "The machine did not stay up.";

    public Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) => Task.FromResult(false);

    public async Task RunAsync(StepContext context, CancellationToken ct)
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed.TotalSeconds < engine.Value.ReadySeconds)
        {
            var answer = await hypervisor.AskGuestAsync(context.Spec, ct);
            if (answer.Http || answer.Ssh)
                return;
            if (await hypervisor.FindAsync(context.Spec.Id, ct) is not { State: MachineState.Running })
                throw new HostException("It stopped by itself.");
            await Task.Delay(Pause, ct);
        }
        await context.LogAsync("It runs, but neither its web server nor SSH has answered so far.");
    }
}
