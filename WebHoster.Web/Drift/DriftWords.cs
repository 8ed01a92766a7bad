using WebHoster.Core.Drift;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Drift;

/// <summary>Findings and repairs in few words; each is a key of <see cref="Texts"/>.</summary>
public static class DriftWords
{
    public static string Of(RepairStatus status) => status switch
    {
        RepairStatus.Waiting => Texts.Key("In line"),
        RepairStatus.Running => Texts.Key("Under way"),
        RepairStatus.Repaired => Texts.Key("Repaired"),
        RepairStatus.Left => Texts.Key("Left as it is"),
        RepairStatus.Failed => Texts.Key("Failed"),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>CSS, as of <c>StatusLook</c>.</summary>
    public static string ToneOf(RepairStatus status) => status switch
    {
        RepairStatus.Repaired => "good",
        RepairStatus.Left => "calm",
        RepairStatus.Failed => "bad",
        _ => "busy",
    };
}
