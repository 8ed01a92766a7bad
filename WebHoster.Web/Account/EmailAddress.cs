using System.Text.RegularExpressions;

namespace WebHoster.Web.Account;

/// <summary>An email address as people write it: ASCII, no quotes, no comments; trimmed and in lower case when kept.</summary>
public static partial class EmailAddress
{
    public const int MaxLength = 254;

    public static string Normalise(string? text) => (text ?? "").Trim(' ').ToLowerInvariant();

    /// <summary>Null where the normalised <paramref name="email"/> is good, else what is wrong with it.</summary>
    public static string? Problem(string email) => email switch
    {
        "" => "An email address is needed.",
        _ when email.Length > MaxLength || !Shape().IsMatch(email) => "This is not an email address, such as ada@example.org.",
        _ => null,
    };

    [GeneratedRegex(
        @"\A[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
