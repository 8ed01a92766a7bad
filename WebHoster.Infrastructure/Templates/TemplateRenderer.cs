using System.Collections.Concurrent;
using System.Text;
using HandlebarsDotNet;

namespace WebHoster.Infrastructure.Templates;

/// <summary>How values get into a template.</summary>
public enum Escaping
{
    /// <summary>As they are: the caller vouches that no value can break out of the format.</summary>
    None,

    /// <summary>As text in HTML elements and quoted attributes.</summary>
    Html,
}

/// <summary>
/// The only place that knows Handlebars. Templates use names, <c>#each</c> and <c>#if</c>, nothing else; a name that the model
/// lacks is an error. Each file is compiled once.
/// </summary>
public sealed class TemplateRenderer
{
    private readonly ConcurrentDictionary<(string Path, Escaping Escaping), HandlebarsTemplate<object, object>> compiled = new();
    private readonly IHandlebars plain = Handlebars.Create(new HandlebarsConfiguration
    {
        NoEscape = true,
        ThrowOnUnresolvedBindingExpression = true,
    });
    private readonly IHandlebars html = Handlebars.Create(new HandlebarsConfiguration
    {
        TextEncoder = new HtmlText(),
        ThrowOnUnresolvedBindingExpression = true,
    });

    public string Render(string templatePath, object model, Escaping escaping = Escaping.None) =>
        compiled.GetOrAdd((templatePath, escaping), Compile)(model);

    private HandlebarsTemplate<object, object> Compile((string Path, Escaping Escaping) key) =>
        (key.Escaping == Escaping.Html ? html : plain).Compile(File.ReadAllText(key.Path));

    /// <summary>Handlebars.Net's own encoder leaves the single quote as it is.</summary>
    private sealed class HtmlText : ITextEncoder
    {
        public IFormatProvider? FormatProvider => null;

        public void Encode(StringBuilder? text, TextWriter target) => Encode(text?.ToString(), target);

        public void Encode(string? text, TextWriter target) => System.Text.Encodings.Web.HtmlEncoder.Default.Encode(target, text ?? "");

        public void Encode<T>(T? text, TextWriter target) where T : IEnumerator<char>
        {
            var all = new StringBuilder();
            while (text?.MoveNext() == true)
                all.Append(text.Current);
            Encode(all, target);
        }
    }
}
