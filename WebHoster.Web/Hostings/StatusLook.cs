using WebHoster.Core.Hostings;

namespace WebHoster.Web.Hostings;

/// <summary>How a status looks.</summary>
/// <param name="Tone">CSS: <c>good</c>, <c>busy</c>, <c>calm</c> or <c>bad</c>.</param>
public sealed record StatusLook(string Word, string Tone)
{
    public static StatusLook Of(HostingStatus status) => status switch
    {
        HostingStatus.Creating => new("Creating", "busy"),
        HostingStatus.Running => new("Running", "good"),
        HostingStatus.Starting => new("Starting", "busy"),
        HostingStatus.Stopping => new("Stopping", "busy"),
        HostingStatus.Stopped => new("Stopped", "calm"),
        HostingStatus.Rebuilding => new("Rebuilding", "busy"),
        HostingStatus.Deleting => new("Deleting", "busy"),
        HostingStatus.Failed => new("Failed", "bad"),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
