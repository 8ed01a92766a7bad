using WebHoster.Core.Operations;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Operations;

/// <summary>Operations of one hosting in few words; each is a key of <see cref="Texts"/>.</summary>
public static class ActivityWords
{
    public static string Of(OperationKind kind) => kind switch
    {
        OperationKind.Create => Texts.Key("Creation"),
        OperationKind.Start => Texts.Key("Start"),
        OperationKind.Stop => Texts.Key("Stop"),
        OperationKind.Restart => Texts.Key("Restart"),
        OperationKind.Rebuild => Texts.Key("Rebuild"),
        OperationKind.Delete => Texts.Key("Deletion"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Doing(OperationKind kind) => kind switch
    {
        OperationKind.Create => Texts.Key("The hosting is being created"),
        OperationKind.Start => Texts.Key("The machine is starting"),
        OperationKind.Stop => Texts.Key("The machine is stopping"),
        OperationKind.Restart => Texts.Key("The machine is restarting"),
        OperationKind.Rebuild => Texts.Key("The machine is being rebuilt"),
        OperationKind.Delete => Texts.Key("The hosting is being deleted"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Failed(OperationKind kind) => kind switch
    {
        OperationKind.Create => Texts.Key("The hosting could not be created"),
        OperationKind.Start => Texts.Key("The machine could not be started"),
        OperationKind.Stop => Texts.Key("The machine could not be stopped"),
        OperationKind.Restart => Texts.Key("The machine could not be restarted"),
        OperationKind.Rebuild => Texts.Key("The machine could not be rebuilt"),
        OperationKind.Delete => Texts.Key("The hosting could not be deleted"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Of(OperationStatus status) => status switch
    {
        OperationStatus.Queued => Texts.Key("In line"),
        OperationStatus.Running => Texts.Key("Under way"),
        OperationStatus.Succeeded => Texts.Key("Done"),
        OperationStatus.Failed => Texts.Key("Failed"),
        OperationStatus.Cancelled => Texts.Key("Called off"),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>CSS, as of <c>StatusLook</c>.</summary>
    public static string ToneOf(OperationStatus status) => status switch
    {
        OperationStatus.Succeeded => "good",
        OperationStatus.Failed => "bad",
        OperationStatus.Cancelled => "calm",
        _ => "busy",
    };
}
