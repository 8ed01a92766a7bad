using System.Reflection;

namespace WebHoster.Web.Account;

/// <summary>Length and commonness; no composition rules, which only make people write passwords down.</summary>
public static class PasswordRules
{
    public const int MinLength = 10;
    public const int MaxLength = 128;

    private static readonly Lazy<HashSet<string>> Known = new(Load);

    /// <summary>Passwords that anyone would try; none has a space in it.</summary>
    public static IReadOnlyCollection<string> Common => Known.Value;

    /// <summary>Null where the password will do, else what is wrong with it.</summary>
    public static string? Problem(string? password, string? email = null, string? username = null) => password switch
    {
        null or "" => "A password is needed.",
        _ when password.Length is < MinLength or > MaxLength => $"A password has {MinLength} to {MaxLength} characters.",
        _ when password.Contains('\0') => "A password cannot hold the character U+0000.",
        _ when Same(password, email) || Same(password, username) || Same(password, email?.Split('@')[0]) =>
            "The password is your email or username: anyone would try it first. Choose another.",
        _ when password.Distinct().Count() < 4 || IsRun(password) || Known.Value.Contains(password) =>
            "This password is one of the first that are tried. Choose another, such as four words in a row.",
        _ => null,
    };

    private static bool Same(string password, string? other) =>
        !string.IsNullOrEmpty(other) && string.Equals(password, other.Trim(), StringComparison.OrdinalIgnoreCase);

    // abcdefghij, 9876543210 and the like.
    private static bool IsRun(string text) =>
        Enumerable.Range(1, text.Length - 1).All(i => text[i] - text[i - 1] == 1)
        || Enumerable.Range(1, text.Length - 1).All(i => text[i] - text[i - 1] == -1);

    private static HashSet<string> Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("CommonPasswords.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => line[0] != '#').ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
