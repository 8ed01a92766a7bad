using System.Text.RegularExpressions;

namespace WebHoster.Core;

/// <summary>Enum values as they are spelt in PostgreSQL, in the API and in messages: <c>NoHttp</c> is <c>no_http</c>.</summary>
public static partial class Words
{
    public static string Word<T>(this T value) where T : struct, Enum => Snake(value.ToString());

    public static string Snake(string name) => Boundary().Replace(name, "_$1").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])([A-Z])")]
    private static partial Regex Boundary();
}
