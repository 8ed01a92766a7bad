namespace WebHoster.Core.Operations;

/// <summary>Names of the steps. What a step does is in Infrastructure, in the class of the same name.</summary>
public static class StepName
{
    public const string AnnounceRoute = "announce-route";
    public const string CreateDisk = "create-disk";
    public const string WriteSeed = "write-seed";
    public const string StartMachine = "start-machine";
    public const string AwaitReady = "await-ready";
    public const string PublishRoute = "publish-route";
    public const string AwaitBoot = "await-boot";
    public const string ShutDownMachine = "shut-down-machine";
    public const string WithdrawRoute = "withdraw-route";
    public const string RemoveMachine = "remove-machine";
    public const string EraseDisk = "erase-disk";
    public const string ReleaseSlot = "release-slot";
}

/// <summary>Which steps an operation has, in which order, and how long each usually takes against the others.</summary>
public static class OperationPlan
{
    public static IReadOnlyList<string> StepsOf(OperationKind kind) => kind switch
    {
        OperationKind.Create =>
        [
            StepName.AnnounceRoute, StepName.CreateDisk, StepName.WriteSeed, StepName.StartMachine, StepName.AwaitReady,
            StepName.PublishRoute,
        ],
        OperationKind.Start => [StepName.AnnounceRoute, StepName.StartMachine, StepName.AwaitBoot, StepName.PublishRoute],
        OperationKind.Stop => [StepName.AnnounceRoute, StepName.ShutDownMachine],
        OperationKind.Restart =>
        [
            StepName.AnnounceRoute, StepName.ShutDownMachine, StepName.StartMachine, StepName.AwaitBoot, StepName.PublishRoute,
        ],
        OperationKind.Rebuild =>
        [
            StepName.AnnounceRoute, StepName.RemoveMachine, StepName.EraseDisk, StepName.CreateDisk, StepName.WriteSeed,
            StepName.StartMachine, StepName.AwaitReady, StepName.PublishRoute,
        ],
        OperationKind.Delete => [StepName.WithdrawRoute, StepName.RemoveMachine, StepName.EraseDisk, StepName.ReleaseSlot],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static int Weight(string step) => step switch
    {
        StepName.AwaitReady or StepName.AwaitBoot => 60,
        StepName.ShutDownMachine => 20,
        StepName.StartMachine or StepName.RemoveMachine => 8,
        StepName.PublishRoute => 4,
        _ => 2,
    };
}
