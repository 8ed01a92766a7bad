namespace WebHoster.Web.Account;

/// <summary>Where to go after signing in: a path of this portal, whatever the query string says.</summary>
public static class LocalUrl
{
    public const string Default = "/dashboard";

    public static string OrDefault(string? url) =>
        url is ['/'] or ['/', not ('/' or '\\'), ..] && !url.Any(c => char.IsControl(c) || c == '\\') ? url : Default;
}
