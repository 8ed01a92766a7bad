using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using WebHoster.Core;

namespace WebHoster.Infrastructure.Data;

/// <summary>Enums are stored as their words, so that rows read well in psql and values can be reordered in code.</summary>
public sealed class WordConverter<T>() : ValueConverter<T, string>(v => v.Word(), v => Parse(v)) where T : struct, Enum
{
    private static readonly Dictionary<string, T> ByWord = Enum.GetValues<T>().ToDictionary(v => v.Word());

    private static T Parse(string word) =>
        ByWord.TryGetValue(word, out var value) ? value : throw new FormatException($"“{word}” is no {typeof(T).Name}.");
}
