using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>How what is in the audit log ended, in words; each is a key of <see cref="Texts"/>.</summary>
public static class AuditWords
{
    /// <summary>One that is not known here is shown as it is.</summary>
    public static string Of(string outcome) => outcome switch
    {
        "succeeded" => Texts.Key("Done"),
        "accepted" => Texts.Key("Accepted"),
        "refused" => Texts.Key("Refused"),
        "code_wrong" => Texts.Key("Wrong code"),
        "code_missing" => Texts.Key("Without a code"),
        "code_asked" => Texts.Key("Asked for a code"),
        "unconfirmed" => Texts.Key("Address not confirmed"),
        "locked" => Texts.Key("Locked"),
        "disabled" => Texts.Key("Disabled"),
        "passkey_refused" => Texts.Key("Passkey refused"),
        "replaced" => Texts.Key("Replaced"),
        "expired" => Texts.Key("Expired"),
        "repaired" => Texts.Key("Repaired"),
        "failed" => Texts.Key("Failed"),
        "left" => Texts.Key("Left as it is"),
        "cancelled" => Texts.Key("Called off"),
        _ => outcome,
    };

    /// <summary>CSS, as of <c>StatusLook</c>.</summary>
    public static string ToneOf(string outcome) => outcome switch
    {
        "succeeded" or "repaired" => "good",
        "accepted" or "code_asked" or "replaced" or "expired" or "left" or "cancelled" => "calm",
        _ => "bad",
    };
}
