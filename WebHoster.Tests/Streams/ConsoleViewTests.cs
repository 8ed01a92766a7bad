using System.Text.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Infrastructure.Streams;
using WebHoster.Web.Languages;
using WebHoster.Web.Streams;
using Xunit;

namespace WebHoster.Tests.Streams;

[Trait("Category", "Unit")]
public sealed class ConsoleViewTests : IDisposable
{
    private static readonly Guid Hosting = Guid.NewGuid();

    private readonly BunitContext _context = new();

    public ConsoleViewTests()
    {
        _context.Services.AddSingleton<Translations>().AddScoped<Texts>();
        _context.JSInterop.Mode = JSRuntimeMode.Loose;
        _context.JSInterop.SetupModule("./console.js");
    }

    public void Dispose() => _context.Dispose();

    [Fact]
    public void TheBrowserHasWordsForEveryReasonThatTheWorkerGives()
    {
        var words = JsonDocument.Parse(Render(view: false).Find("wh-console").GetAttribute("words")!).RootElement;
        Assert.All(StreamReasons.All, reason => Assert.Equal(reason, words.GetProperty("reasons").GetProperty(reason).GetString()));
        Assert.Equal("Connected", words.GetProperty("connected").GetString());
    }

    [Fact]
    public void WhatIsOnlyLookedAtHasNothingToTypeWith()
    {
        var view = Render(view: true);
        Assert.Equal($"/streams/console/{Hosting}/view", view.Find("wh-console").GetAttribute("src"));
        Assert.Equal(["again", "copy", "full"], view.FindAll("[data-console]").Select(b => b.GetAttribute("data-console")));
        var console = Render(view: false);
        Assert.Equal($"/streams/console/{Hosting}", console.Find("wh-console").GetAttribute("src"));
        Assert.Contains("interrupt", console.FindAll("[data-console]").Select(b => b.GetAttribute("data-console")));
    }

    private IRenderedComponent<ConsoleView> Render(bool view) => _context.Render<ConsoleView>(p => p.Add(c => c.HostingId, Hosting).Add(c => c.View, view));
}
