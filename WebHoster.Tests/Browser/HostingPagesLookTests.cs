using Microsoft.Playwright;
using Xunit;

namespace WebHoster.Tests.Browser;

/// <summary>The pages of a hosting, of keys and of tokens: nothing jumps while it loads.</summary>
[Trait("Category", "Browser")]
public sealed class HostingPagesLookTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en")]
    [InlineData(1280, ColorScheme.Dark, "ko")]
    [InlineData(360, ColorScheme.Light, "ko")]
    [InlineData(360, ColorScheme.Dark, "en")]
    public async Task NothingJumps(int width, ColorScheme scheme, string language)
    {
        var (page, person, id) = await new SeededHosting(browser).OpenAsync("", width, scheme, language);
        var suffix = $"{(width < 500 ? "phone" : "desk")}-{scheme.ToString().ToLowerInvariant()}-{language}";
        (await person.Http.PostAsync("host/my/restart", null)).EnsureSuccessStatusCode();
        await browser.Portal.Engine.FailAsync(await browser.Portal.Engine.NewestOperationAsync(person.Name), "The machine did not stop.");
        await browser.Portal.Engine.SetAsync(person.Name, "running", "healthy");
        await person.WithTokenAsync(browser.Portal, "read", "hosting");

        foreach (var path in new[] { "", "/metrics", "/activity", "/keys", "/settings" })
            await LookAsync(page, $"/hostings/{id}{path}", $"hosting{path.Replace('/', '-')}-{suffix}");
        await LookAsync(page, "/ssh-keys", $"ssh-keys-{suffix}");
        await LookAsync(page, "/tokens", $"tokens-{suffix}");
    }

    private async Task LookAsync(IPage page, string path, string name)
    {
        await page.AddInitScriptAsync(
            """
            window.jumps = 0;
            new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.jumps += e.value; }).observe({ type: 'layout-shift', buffered: true });
            """);
        await page.GotoAsync(path);
        await browser.LiveAsync(page);
        var jumps = await page.EvaluateAsync<double>("window.jumps");
        Assert.True(jumps < 0.02, $"{name} jumps by {jumps}.");
    }
}
