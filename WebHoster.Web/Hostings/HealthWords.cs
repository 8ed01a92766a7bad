using WebHoster.Core.Hostings;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Hostings;

/// <summary>Whether the guest answers, in words for people.</summary>
public static class HealthWords
{
    public static string Of(Texts texts, HostingHealth health) => health switch
    {
        HostingHealth.Unknown => texts["Checking…"],
        HostingHealth.Healthy => texts["Site and SSH answer"],
        HostingHealth.NoHttp => texts["The site does not answer"],
        HostingHealth.NoSsh => texts["SSH does not answer"],
        HostingHealth.Unreachable => texts["The machine does not answer"],
        _ => throw new ArgumentOutOfRangeException(nameof(health), health, null),
    };
}
