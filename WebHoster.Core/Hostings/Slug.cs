using System.Text.RegularExpressions;
using WebHoster.Core.Errors;

namespace WebHoster.Core.Hostings;

/// <summary>
/// The name in the URL, and the username: 2-30 of <c>a-z 0-9 -</c>, a letter first, no hyphen last, no two together,
/// not reserved. It gets into nginx maps and domain titles, so nothing else may pass.
/// </summary>
public static partial class Slug
{
    public const int MinLength = 2;
    public const int MaxLength = 30;

    /// <summary>Names that the portal, mail or people's expectations own already.</summary>
    public static readonly IReadOnlySet<string> Reserved = new HashSet<string>(StringComparer.Ordinal)
    {
        "about", "abuse", "account", "accounts", "admin", "administrator", "api", "app", "apps", "assets", "auth",
        "backup", "billing", "blog", "cdn", "cgi-bin", "config", "console", "contact", "css", "dashboard", "db", "dev",
        "dns", "docs", "download", "downloads", "error", "errors", "favicon", "files", "fonts", "ftp", "git", "health",
        "healthz", "help", "host", "hosting", "hostings", "hostmaster", "hubs", "images", "img", "imap", "info",
        "internal", "js", "legal", "livez", "localhost", "login", "logout", "mail", "media", "metrics", "mx", "news",
        "nginx", "noc", "ns1", "ns2", "oauth", "openapi", "operator", "ops", "pop", "portal", "postmaster", "privacy",
        "proxy", "public", "readyz", "register", "robots", "root", "security", "server", "settings", "sftp", "shop",
        "signin", "signup", "site", "sites", "smtp", "ssh", "ssl", "staff", "static", "status", "store", "support",
        "swagger", "sysadmin", "system", "team", "terms", "test", "token", "ubuntu", "upload", "uploads", "user",
        "users", "webhoster", "webmaster", "webmail", "well-known", "wiki", "www",
    };

    /// <summary>Null where <paramref name="value"/> is a good slug, else what is wrong with it.</summary>
    /// <param name="noun">What the caller calls it.</param>
    /// <param name="alsoReserved">Besides <see cref="Reserved"/>.</param>
    public static string? Problem(string? value, string noun = "username", IEnumerable<string>? alsoReserved = null) => value switch
    {
        null or "" => $"A {noun} is needed: it becomes the name in your site's address.",
        _ when !HasLength(value) => $"A {noun} has {MinLength} to {MaxLength} characters.",
        _ when !Shape().IsMatch(value) =>
            $"A {noun} has only a-z, 0-9 and single hyphens, starts with a letter and does not end in a hyphen.",
        _ when Reserved.Contains(value) || alsoReserved?.Contains(value) == true => $"“{value}” is reserved. Choose another {noun}.",
        _ => null,
    };

    /// <summary>True for every name that may ever have been given out: what is reserved may have become so later.</summary>
    public static bool IsWellFormed(string value) => HasLength(value) && Shape().IsMatch(value);

    /// <exception cref="InvalidInputException">The value is not a slug.</exception>
    public static string Require(string? value, string field = "username", string noun = "username", IEnumerable<string>? alsoReserved = null) =>
        Problem(value, noun, alsoReserved) is { } problem ? throw new InvalidInputException(field, problem) : value!;

    private static bool HasLength(string value) => value.Length is >= MinLength and <= MaxLength;

    // \z, not $: in .NET $ also matches before a trailing newline.
    [GeneratedRegex(@"\A[a-z](?:-?[a-z0-9])*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
