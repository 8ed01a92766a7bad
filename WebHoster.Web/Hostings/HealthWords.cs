using WebHoster.Core.Hostings;

namespace WebHoster.Web.Hostings;

/// <summary>Whether the guest answers, in words for people.</summary>
public static class HealthWords
{
    public static string Of(HostingHealth health) => health switch
    {
        HostingHealth.Unknown => "Checking…",
        HostingHealth.Healthy => "Site and SSH answer",
        HostingHealth.NoHttp => "The site does not answer",
        HostingHealth.NoSsh => "SSH does not answer",
        HostingHealth.Unreachable => "The machine does not answer",
        _ => throw new ArgumentOutOfRangeException(nameof(health), health, null),
    };
}
