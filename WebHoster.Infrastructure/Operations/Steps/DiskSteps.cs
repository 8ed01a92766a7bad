using WebHoster.Core.Operations;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Operations.Steps;

public sealed class CreateDisk(IHypervisor hypervisor) : IOperationStep
{
    public string Name => StepName.CreateDisk;

    public string FailureWords => "The machine's disk could not be created.";

    public Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) => hypervisor.HasDiskAsync(context.Spec, ct);

    public Task RunAsync(StepContext context, CancellationToken ct) => hypervisor.CreateDiskAsync(context.Spec, ct);
}

public sealed class WriteSeed(IHypervisor hypervisor) : IOperationStep
{
    public string Name => StepName.WriteSeed;

    public string FailureWords => "The machine's first settings could not be written.";

    /// <summary>Never skipped: where the seed is there already, it may not be recorded yet that its keys are.</summary>
    public Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) => Task.FromResult(false);

    public async Task RunAsync(StepContext context, CancellationToken ct)
    {
        if (!await hypervisor.HasSeedAsync(context.Spec, context.Seed, ct))
            await hypervisor.WriteSeedAsync(context.Spec, context.Seed, ct);
        context.Hosting.HostKey = await hypervisor.ReadHostKeyAsync(context.Spec.Id, ct);
        // The row was read before its keys; what came later the machine is told once it runs.
        context.Hosting.KeysApplied = context.Hosting.KeysWanted;
    }
}

/// <summary>For a rebuild the disk and the seed; for a hosting on its way out everything.</summary>
public sealed class EraseDisk(IHypervisor hypervisor) : IOperationStep
{
    public string Name => StepName.EraseDisk;

    public string FailureWords => "The machine's disk could not be erased.";

    public async Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) => context.IsLeaving
        ? !await hypervisor.HasFilesAsync(context.Spec.Id, ct)
        : !await hypervisor.HasDiskAsync(context.Spec, ct);

    public Task RunAsync(StepContext context, CancellationToken ct) =>
        hypervisor.EraseFilesAsync(context.Spec.Id, everything: context.IsLeaving, ct);
}
