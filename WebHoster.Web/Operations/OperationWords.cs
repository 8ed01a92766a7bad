using WebHoster.Core.Operations;

namespace WebHoster.Web.Operations;

/// <summary>Operations and steps in words for people; the one place.</summary>
public static class OperationWords
{
    public static string Of(string step) => step switch
    {
        StepName.AnnounceRoute => "Preparing your address",
        StepName.CreateDisk => "Creating the disk",
        StepName.WriteSeed => "Writing your settings",
        StepName.StartMachine => "Starting the machine",
        StepName.AwaitReady => "Waiting for the first boot",
        StepName.PublishRoute => "Putting your site online",
        StepName.AwaitBoot => "Waiting for the machine to boot",
        StepName.ShutDownMachine => "Shutting the machine down",
        StepName.WithdrawRoute => "Taking the site offline",
        StepName.RemoveMachine => "Removing the machine",
        StepName.EraseDisk => "Erasing the disk",
        StepName.ReleaseSlot => "Giving back port and address",
        _ => step,
    };

    /// <summary>What is going on, or how it went.</summary>
    public static string Title(Operation operation) => operation switch
    {
        { IsRollingBack: true } => "Creating failed, cleaning up",
        { Status: OperationStatus.Queued } => $"{Doing(operation.Kind)}: in line",
        { Status: OperationStatus.Running } => Doing(operation.Kind),
        { Status: OperationStatus.Succeeded } => Done(operation.Kind),
        { Status: OperationStatus.Cancelled } => $"{Doing(operation.Kind)} was called off",
        _ => $"{Doing(operation.Kind)} failed",
    };

    private static string Doing(OperationKind kind) => kind switch
    {
        OperationKind.Create => "Creating your hosting",
        OperationKind.Start => "Starting your hosting",
        OperationKind.Stop => "Stopping your hosting",
        OperationKind.Restart => "Restarting your hosting",
        OperationKind.Rebuild => "Rebuilding your hosting",
        OperationKind.Delete => "Deleting your hosting",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string Done(OperationKind kind) => kind switch
    {
        OperationKind.Create => "Your hosting was created",
        OperationKind.Start => "Your hosting was started",
        OperationKind.Stop => "Your hosting was stopped",
        OperationKind.Restart => "Your hosting was restarted",
        OperationKind.Rebuild => "Your hosting was rebuilt",
        OperationKind.Delete => "Your hosting was deleted",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
