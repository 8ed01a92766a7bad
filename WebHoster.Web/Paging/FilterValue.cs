using System.Globalization;
using System.Net;
using WebHoster.Core.Errors;

namespace WebHoster.Web.Paging;

/// <summary>Values of filters, as the query spells them.</summary>
public static class FilterValue
{
    /// <summary>The words of an enum; empty for every other type.</summary>
    public static IReadOnlyList<string> Words<TValue>() =>
        typeof(TValue).IsEnum ? [.. Enum.GetNames(typeof(TValue)).Select(Core.Words.Snake)] : [];

    /// <exception cref="InvalidInputException">The text is no such value.</exception>
    public static TValue Parse<TValue>(string name, string text) where TValue : notnull
    {
        var words = Words<TValue>();
        object? value = typeof(TValue) switch
        {
            { IsEnum: true } type => words.Contains(text) ? Enum.GetValues(type).GetValue(words.ToList().IndexOf(text)) : null,
            var type when type == typeof(Guid) => Guid.TryParse(text, out var id) ? id : null,
            var type when type == typeof(bool) => text switch { "true" => true, "false" => false, _ => null },
            var type when type == typeof(DateTimeOffset) =>
                DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null,
            var type when type == typeof(IPAddress) => IPAddress.TryParse(text, out var address) ? address : null,
            // PostgreSQL's texts have no NUL.
            _ => text.Contains('\0') ? null : text,
        };
        return value is TValue good ? good : throw new InvalidInputException(
            name, words.Count > 0 ? $"“{name}” is one of {string.Join(", ", words)}." : $"“{name}” has a value that it cannot have.");
    }
}
