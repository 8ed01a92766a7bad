using System.Text;
using WebHoster.Core.Errors;

namespace WebHoster.Core.Accounts;

/// <summary>What a person calls one of their things, for their own eyes: one line of 1-100 characters.</summary>
public static class PersonalName
{
    public const int MaxLength = 100;

    /// <summary>Trimmed.</summary>
    /// <param name="example">A good one, for the sentence of the error.</param>
    /// <exception cref="InvalidInputException">It is no such name; the field is <c>name</c>.</exception>
    public static string Require(string? value, string example)
    {
        var name = value?.Trim() ?? "";
        // Half a surrogate pair reads as the replacement character.
        if (name.Length is 0 or > MaxLength || name.EnumerateRunes().Any(r => Rune.IsControl(r) || r == Rune.ReplacementChar))
            throw new InvalidInputException("name", $"A name is needed, such as “{example}”: 1 to {MaxLength} characters on one line.");
        return name;
    }
}
