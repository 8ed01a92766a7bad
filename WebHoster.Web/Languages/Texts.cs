using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Components;

namespace WebHoster.Web.Languages;

/// <summary>
/// What the portal says, in the language of the request or of the circuit. The English text is the key, so a page reads as
/// what it shows; a text that has no translation is shown in English.
/// </summary>
public sealed class Texts(Translations translations)
{
    // Taken once: a circuit's later work may run where the culture of its first request is not set.
    public CultureInfo Culture { get; } = CultureInfo.CurrentUICulture;

    /// <summary>Two letters, such as <c>ko</c>.</summary>
    public string Language => Culture.TwoLetterISOLanguageName;

    /// <param name="english">With <c>{0}</c>, <c>{1}</c> … for the arguments.</param>
    public string this[string english, params object?[] arguments] =>
        arguments.Length == 0 ? Find(english) : string.Format(Culture, Find(english), arguments);

    /// <summary>The text for one or for another number of things; <c>{0}</c> is the number.</summary>
    public string Count(long number, string one, string many) => this[number == 1 ? one : many, number.ToString("N0", Culture)];

    /// <summary>A text of ours with tags in it. Arguments are encoded.</summary>
    public MarkupString Markup(string english, params object?[] arguments) => new(string.Format(
        Culture, Find(english), [.. arguments.Select(a => a is MarkupString ours ? ours.Value : HtmlEncoder.Default.Encode(Convert.ToString(a, Culture) ?? ""))]));

    /// <summary>
    /// What the rules or the engine said: a finished sentence, or some in a row, of an exception, an operation's error or its log.
    /// It is found by its pattern, such as <c>A {0} has {1} to {2} characters.</c>
    /// </summary>
    public string Said(string? english) => english is null ? "" : translations.Said(Language, english);

    /// <summary>Marks a text that is looked up elsewhere, so that the search for untranslated texts finds it.</summary>
    public static string Key(string english) => english;

    private string Find(string english) => translations.Find(Language, english) ?? english;
}
