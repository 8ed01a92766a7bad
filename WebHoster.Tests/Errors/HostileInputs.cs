using System.Text;

namespace WebHoster.Tests.Errors;

/// <summary>Texts that people who mean no good put into fields, made from a seed.</summary>
internal sealed class HostileInputs(int seed)
{
    private static readonly string[] Pieces =
    [
        "\0", "\n", "\r\n", "\t", "\u001b[2J", "\u007f", "\u0085", "\u2028", "\u202e", "\ufeff", "\u200b", "{", "}", "{{", "{% %}", "${jndi:ldap://x}", "'", "\"", "`", "\\",
        ";", "--", "/*", "' or '1'='1", "\"); drop table users; --", "$(id)", "| cat /etc/passwd", "&&", "<script>", "<!--", "]]>", "%00", "%0d%0aX: y", "../../etc/passwd",
        "аdmin", "ａｄｍｉｎ", "ⅷ", "ﬀ", "İ", "ß", "é", "e\u0301", "\ud83d\ude00", "\ud800", "日本", "한글", "server_name x;", "map $a $b {", "return 200;", "-", "--help", "-oProxyCommand=x",
        "0", "-1", "1e999", "NaN", "null", "true", "9999999999999999999999", "a", "Z", " ", ".", "@", "a@b", "ssh-ed25519 AAAA",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A text of one or more nasty pieces, now and then a very long one.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        var pieces = _random.Next(10) == 0 ? _random.Next(1, 200) : _random.Next(1, 5);
        for (var i = 0; i < pieces; i++)
            text.Append(Pieces[_random.Next(Pieces.Length)]).Append(_random.Next(3) == 0 ? ((char)_random.Next(1, 0xd7ff)).ToString() : "");
        return text.ToString();
    }

    /// <summary>A JSON value: mostly a text, else one of another shape.</summary>
    public string Json() => _random.Next(20) switch
    {
        0 => "{}",
        1 => "[]",
        2 => "[null]",
        3 => "null",
        4 => "-1e308",
        5 => "1" + new string('0', _random.Next(1, 400)),
        6 => "true",
        7 => new string('[', 100) + new string(']', 100),
        8 => "\"\\ud800\"",
        9 => "\"" + new string('a', _random.Next(1, 60_000)) + "\"",
        10 => "\"unfinished",
        _ => Quote(Text()),
    };

    /// <summary>Escapes only what must be, so that the rest travels as it is.</summary>
    private static string Quote(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
            json.Append(c < ' ' || c is '"' or '\\' || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c);
        return json.Append('"').ToString();
    }
}
