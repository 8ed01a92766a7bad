using WebHoster.Core.Hostings;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Hostings;

/// <summary>How a status looks.</summary>
/// <param name="Word">English, to be looked up.</param>
/// <param name="Tone">CSS: <c>good</c>, <c>busy</c>, <c>calm</c> or <c>bad</c>.</param>
public sealed record StatusLook(string Word, string Tone)
{
    public static StatusLook Of(HostingStatus status) => status switch
    {
        HostingStatus.Creating => new(Texts.Key("Creating"), "busy"),
        HostingStatus.Running => new(Texts.Key("Running"), "good"),
        HostingStatus.Starting => new(Texts.Key("Starting"), "busy"),
        HostingStatus.Stopping => new(Texts.Key("Stopping"), "busy"),
        HostingStatus.Stopped => new(Texts.Key("Stopped"), "calm"),
        HostingStatus.Rebuilding => new(Texts.Key("Rebuilding"), "busy"),
        HostingStatus.Deleting => new(Texts.Key("Deleting"), "busy"),
        HostingStatus.Failed => new(Texts.Key("Failed"), "bad"),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
