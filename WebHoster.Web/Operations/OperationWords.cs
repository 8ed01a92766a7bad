using WebHoster.Core.Operations;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Operations;

/// <summary>Operations and steps in words for people; the one place.</summary>
public static class OperationWords
{
    public static string Of(Texts texts, string step) => step switch
    {
        StepName.AnnounceRoute => texts["Preparing your address"],
        StepName.CreateDisk => texts["Creating the disk"],
        StepName.WriteSeed => texts["Writing your settings"],
        StepName.StartMachine => texts["Starting the machine"],
        StepName.AwaitReady => texts["Waiting for the first boot"],
        StepName.PublishRoute => texts["Putting your site online"],
        StepName.AwaitBoot => texts["Waiting for the machine to boot"],
        StepName.ShutDownMachine => texts["Shutting the machine down"],
        StepName.WithdrawRoute => texts["Taking the site offline"],
        StepName.RemoveMachine => texts["Removing the machine"],
        StepName.EraseDisk => texts["Erasing the disk"],
        StepName.ReleaseSlot => texts["Giving back port and address"],
        _ => step,
    };

    /// <summary>What is going on, or how it went.</summary>
    public static string Title(Texts texts, Operation operation) => operation switch
    {
        { IsRollingBack: true } => texts["Creating failed, cleaning up"],
        { Status: OperationStatus.Queued } => texts["{0}: in line", Doing(texts, operation.Kind)],
        { Status: OperationStatus.Running } => Doing(texts, operation.Kind),
        { Status: OperationStatus.Succeeded } => Done(texts, operation.Kind),
        { Status: OperationStatus.Cancelled } => texts["{0}: called off", Doing(texts, operation.Kind)],
        _ => Undone(texts, operation.Kind),
    };

    private static string Doing(Texts texts, OperationKind kind) => kind switch
    {
        OperationKind.Create => texts["Creating your hosting"],
        OperationKind.Start => texts["Starting your hosting"],
        OperationKind.Stop => texts["Stopping your hosting"],
        OperationKind.Restart => texts["Restarting your hosting"],
        OperationKind.Rebuild => texts["Rebuilding your hosting"],
        OperationKind.Delete => texts["Deleting your hosting"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string Undone(Texts texts, OperationKind kind) => kind switch
    {
        OperationKind.Create => texts["Your hosting could not be created"],
        OperationKind.Start => texts["Your hosting could not be started"],
        OperationKind.Stop => texts["Your hosting could not be stopped"],
        OperationKind.Restart => texts["Your hosting could not be restarted"],
        OperationKind.Rebuild => texts["Your hosting could not be rebuilt"],
        OperationKind.Delete => texts["Your hosting could not be deleted"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string Done(Texts texts, OperationKind kind) => kind switch
    {
        OperationKind.Create => texts["Your hosting was created"],
        OperationKind.Start => texts["Your hosting was started"],
        OperationKind.Stop => texts["Your hosting was stopped"],
        OperationKind.Restart => texts["Your hosting was restarted"],
        OperationKind.Rebuild => texts["Your hosting was rebuilt"],
        OperationKind.Delete => texts["Your hosting was deleted"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
