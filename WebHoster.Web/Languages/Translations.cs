using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WebHoster.Web.Languages;

/// <summary>The files <c>Languages/&lt;language&gt;/&lt;Area&gt;.json</c>, each one object of English text and translation, merged at the start.</summary>
public sealed partial class Translations
{
    private const string Folder = "Languages/";

    private readonly Dictionary<string, Language> _languages = [];

    public Translations()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var texts = JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
            var code = name.Split('/')[1];
            if (!_languages.TryGetValue(code, out var language))
                _languages.Add(code, language = new Language());
            foreach (var (english, text) in texts)
                language.Add(english, text);
        }
    }

    /// <summary>English, and what there are files for.</summary>
    public static readonly IReadOnlyList<CultureInfo> Supported = [CultureInfo.GetCultureInfo("en"), CultureInfo.GetCultureInfo("ko")];

    /// <summary>Null where there is none.</summary>
    public string? Find(string language, string english) => _languages.GetValueOrDefault(language)?.Texts.GetValueOrDefault(english);

    /// <summary>As <see cref="Texts.Said"/>; what is not known stays as it is.</summary>
    public string Said(string language, string english) =>
        _languages.TryGetValue(language, out var known) ? known.Said(english.Trim()) ?? english : english;

    /// <summary>English text and translation.</summary>
    public IReadOnlyDictionary<string, string> All(string language) => _languages[language].Texts;

    /// <summary>True where every sentence of <paramref name="english"/> is known.</summary>
    public bool Knows(string language, string english) => _languages.TryGetValue(language, out var known) && known.Said(english) is not null;

    private sealed partial class Language
    {
        private readonly List<(Regex Pattern, string Text)> _patterns = [];

        public Dictionary<string, string> Texts { get; } = [];

        /// <summary>Two areas may use the same word; they then mean the same.</summary>
        /// <exception cref="InvalidDataException">They do not: which one is shown would be an accident.</exception>
        public void Add(string english, string text)
        {
            if (!Texts.TryAdd(english, text))
            {
                if (Texts[english] != text)
                    throw new InvalidDataException($"“{english}” has two translations: “{Texts[english]}” and “{text}”.");
            }
            else if (english.Contains("{0}") && (english.EndsWith('.') || english.EndsWith(')')))
                _patterns.Add((PatternOf(english), text));
        }

        /// <summary>Null where it is not known. A row of sentences is taken apart where its parts are known.</summary>
        public string? Said(string english)
        {
            if (Texts.TryGetValue(english, out var text) || (text = ByPattern(english)) is not null)
                return text;
            for (var end = english.IndexOf(". ", StringComparison.Ordinal); end > 0; end = english.IndexOf(". ", end + 1, StringComparison.Ordinal))
            {
                var (head, rest) = (english[..(end + 1)], english[(end + 2)..]);
                if ((Texts.GetValueOrDefault(head) ?? ByPattern(head)) is { } first && Said(rest) is { } others)
                    return $"{first} {others}";
            }

            return null;
        }

        // A word that was put in, such as a status, is looked up as well.
        private string? ByPattern(string english)
        {
            foreach (var (pattern, text) in _patterns)
            {
                if (pattern.Match(english) is { Success: true } match)
                    return Hole().Replace(text, hole => Word(match.Groups[$"n{hole.Groups[1].Value}"].Value));
            }

            return null;
        }

        private string Word(string english) => Texts.GetValueOrDefault(english, english);

        private static Regex PatternOf(string english) => new(
            @"\A" + EscapedHole().Replace(Regex.Escape(english), "(?<n$1>.+?)") + @"\z", RegexOptions.Singleline | RegexOptions.CultureInvariant);

        [GeneratedRegex(@"\{(\d)\}")]
        private static partial Regex Hole();

        // Regex.Escape leaves the closing brace alone.
        [GeneratedRegex(@"\\\{(\d)\}")]
        private static partial Regex EscapedHole();
    }
}
