using System.Text;
using System.Text.RegularExpressions;

namespace WebHoster.Tests.Languages;

/// <summary>Finds in C# and Razor what people get to read.</summary>
internal static partial class SourceText
{
    /// <summary>String literals of C#, an interpolated one as its pattern: <c>$"{n} lines"</c> is <c>{0} lines</c>. Comments are left out.</summary>
    public static IEnumerable<string> Literals(string code)
    {
        for (var at = 0; at < code.Length; at++)
        {
            if (Starts(code, at, "//"))
                at = End(code, "\n", at);
            else if (Starts(code, at, "/*") || Starts(code, at, "@*"))
                at = End(code, code[at] == '/' ? "*/" : "*@", at + 2);
            else if (code[at] == '\'' && Character().Match(code, at) is { Success: true, Index: var index, Length: var length } && index == at)
                at += length - 1;
            else if (Starts(code, at, "\"\"\""))
                at = End(code, "\"\"\"", at + 3) + 2; // SQL, JSON
            else if (Starts(code, at, "@\""))
                at = End(code, "\"", at + 2); // patterns
            else if (code[at] == '"')
                yield return Read(code, ref at, at > 0 && code[at - 1] == '$');
        }
    }

    /// <summary>The texts that <paramref name="code"/> asks for: <c>T["…"]</c>, <c>T.Markup("…")</c>, <c>T.Count(n, "…", "…")</c> and <c>Texts.Key("…")</c>.</summary>
    public static IEnumerable<string> Keys(string code)
    {
        foreach (Match asked in Asked().Matches(code))
        {
            var arguments = Arguments(code, asked.Index + asked.Length);
            var texts = asked.Value.Contains("Count") ? arguments.Skip(1) : arguments.Take(1);
            foreach (var text in texts.SelectMany(Literals))
                yield return text;
        }
    }

    /// <summary>Words of a .razor file's markup that stand there as they are: in text, and in attributes that are read out or shown.</summary>
    public static IEnumerable<string> BareWords(string razor)
    {
        var markup = Comment().Replace(razor, "");
        markup = Directive().Replace(CodeBlock().Split(markup)[0], "");
        foreach (Match attribute in SpokenAttribute().Matches(markup))
            yield return attribute.Groups["text"].Value;
        markup = Statement().Replace(WithoutExpressions(markup), "");
        foreach (Match text in BetweenTags().Matches(Mute().Replace(markup, "")))
            yield return text.Groups["text"].Value.Trim();
    }

    /// <summary>The <c>@code</c> of a .razor file, or the whole of a .cs file.</summary>
    public static string CodeOf(string file, string source) =>
        file.EndsWith(".cs", StringComparison.Ordinal) ? source : string.Concat(CodeBlock().Split(source).Skip(1));

    private static string Read(string code, ref int at, bool interpolated)
    {
        var text = new StringBuilder();
        var holes = 0;
        for (at++; at < code.Length && code[at] != '"'; at++)
        {
            if (code[at] == '\\')
                text.Append(code[++at] is 'n' ? '\n' : code[at]);
            else if (interpolated && code[at] == '{' && code[at + 1] != '{')
                (at, _) = (Close(code, at + 1), text.Append($"{{{holes++}}}"));
            else if (interpolated && code[at] is '{' or '}' && interpolated)
                text.Append(code[at++]);
            else
                text.Append(code[at]);
        }

        return text.ToString();
    }

    // The place of the bracket that closes what was opened before.
    private static int Close(string code, int at)
    {
        for (var depth = 0; ; at++)
        {
            if (code[at] == '"')
                Read(code, ref at, code[at - 1] == '$');
            else if (code[at] is '(' or '[' or '{')
                depth++;
            else if (code[at] is ')' or ']' or '}' && depth-- == 0)
                return at;
        }
    }

    private static List<string> Arguments(string code, int start)
    {
        List<string> arguments = [];
        var (from, end, depth) = (start, Close(code, start), 0);
        for (var at = start; at <= end; at++)
        {
            if (at == end || (code[at] == ',' && depth == 0))
                (arguments, from) = ([.. arguments, code[from..at]], at + 1);
            else if (code[at] == '"')
                Read(code, ref at, code[at - 1] == '$');
            else if (code[at] is '(' or '[' or '{')
                depth++;
            else if (code[at] is ')' or ']' or '}')
                depth--;
        }

        return arguments;
    }

    // @name, @name.Of(x), @T["…"], @(…) and so on become nothing.
    private static string WithoutExpressions(string markup)
    {
        var text = new StringBuilder();
        for (var at = 0; at < markup.Length; at++)
        {
            if (Expression().Match(markup, at) is not { Success: true, Length: var length, Index: var index } || index != at)
            {
                text.Append(markup[at]);
                continue;
            }

            for (at += length; at < markup.Length && (markup[at] is '(' or '[' or '.' or '!' or '?');)
            {
                if (markup[at] is '(' or '[')
                    at = Close(markup, at + 1) + 1;
                else if (Member().Match(markup, at) is { Success: true, Length: var more, Index: var next } && next == at)
                    at += more;
                else
                    break;
            }

            at--;
        }

        return text.ToString();
    }

    private static bool Starts(string code, int at, string what) => string.CompareOrdinal(code, at, what, 0, what.Length) == 0;

    private static int End(string code, string what, int from) =>
        code.IndexOf(what, from, StringComparison.Ordinal) is var end and >= 0 ? end : code.Length;

    [GeneratedRegex(@"'(?:[^'\\\n]|\\.[^']*)'")]
    private static partial Regex Character();

    [GeneratedRegex(@"\b(?:(?:T|texts)(?:\[|\.Markup\(|\.Count\()|Texts\.Key\()")]
    private static partial Regex Asked();

    [GeneratedRegex(@"@\*.*?\*@|<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^@code\s*\{", RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^@(?:page|attribute|using|inject|inherits|implements|layout|rendermode|typeparam)\b.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    // Razor attributes that begin with @ are expressions.
    [GeneratedRegex("""\s(?:aria-label|title|placeholder|alt|Label|Title|Text)="(?<text>[^"@]*\p{L}{2}[^"@]*)["@]""")]
    private static partial Regex SpokenAttribute();

    // Lines of C# between the tags.
    [GeneratedRegex(@"^\s*(?:\}?\s*(?:else\s*)?(?:if|foreach|for|switch|while|using|case|default|var|else)\b[^<\n]*|[\w.!]+(?:\+\+|\s*\+?=)[^<\n]*;|break;)\s*$", RegexOptions.Multiline)]
    private static partial Regex Statement();

    [GeneratedRegex(@"<(code|pre|svg|script|style)\b.*?</\1>", RegexOptions.Singleline)]
    private static partial Regex Mute();

    [GeneratedRegex(@">(?<text>[^<>]*\p{L}{2}[^<>]*)<")]
    private static partial Regex BetweenTags();

    [GeneratedRegex(@"@(?:if|foreach|for|switch|while)?\s*(?=\()|@\w+")]
    private static partial Regex Expression();

    [GeneratedRegex(@"[!?]?\.\w+|!")]
    private static partial Regex Member();
}
