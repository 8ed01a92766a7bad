using HandlebarsDotNet.Compiler;
using WebHoster.Infrastructure.Templates;
using Xunit;

namespace WebHoster.Tests.Nginx;

[Trait("Category", "Unit")]
public sealed class TemplateRendererTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();
    private readonly TemplateRenderer renderer = new();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void ConfigurationGetsItsValuesAsTheyAre() =>
        Assert.Equal("<'\"&>{$x}", Render("{{value}}", new { value = "<'\"&>{$x}" }));

    [Fact]
    public void AWebPageGetsItsValuesAsText() =>
        Assert.Equal("&lt;&#x27;&quot;&amp;&gt;", Render("{{value}}", new { value = "<'\"&>" }, Escaping.Html));

    [Fact]
    public void ANameThatTheModelLacksIsAnErrorAndNotAnEmptyPlace() =>
        Assert.Throws<HandlebarsUndefinedBindingException>(() => Render("{{missing}}", new { value = 1 }));

    [Fact]
    public void ALineThatOnlyHoldsABlockLeavesNoEmptyLine() =>
        Assert.Equal("a\nx\ny\nb\n", Render("a\n{{#each list}}\n{{this}}\n{{/each}}\n{{#if none}}\nno\n{{/if}}\nb\n", new { list = new[] { "x", "y" }, none = "" }));

    private string Render(string template, object model, Escaping escaping = Escaping.None)
    {
        File.WriteAllText(file, template);
        return renderer.Render(file, model, escaping);
    }
}
