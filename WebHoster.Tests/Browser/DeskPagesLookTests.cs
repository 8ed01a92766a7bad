using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Browser;

/// <summary>The administrators' pages: axe-core finds nothing, nothing scrolls sideways, and nothing jumps while it loads.</summary>
[Trait("Category", "Browser")]
public sealed class DeskPagesLookTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    /// <summary>Layout shift that nobody notices.</summary>
    private const double Unnoticed = 0.02;

    /// <summary>Where the tour has asked for what came later.</summary>
    private static readonly HashSet<string> Changed =
        ["desk-hostings-actions", "desk-users-actions", "desk-settings-error", "acting-dashboard"];

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-US")]
    [InlineData(360, ColorScheme.Dark, "ko-KR")]
    public async Task EveryPageIsAccessibleFitsTheWindowAndStaysWhereItIs(int width, ColorScheme scheme, string language)
    {
        var page = await browser.OpenAsync(width, width < 500 ? 740 : 860, scheme, language);
        var boss = await Person.AddAdminAsync(browser.Portal);
        await page.GotoAsync("/login?returnUrl=/admin");
        await page.FillAsync("#name", boss.Name);
        await page.FillAsync("#password", Person.Password);
        await page.ClickAsync(".auth button[type=submit]");
        await browser.LiveAsync(page);
        await page.AddInitScriptAsync(
            """
            window.jumps = 0;
            new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.jumps += e.value; }).observe({ type: 'layout-shift', buffered: true });
            """);
        List<string> faults = [];
        await new DeskTour(browser, page, async stop =>
        {
            if (!Changed.Contains(stop) && await page.EvaluateAsync<double>("window.jumps") is > Unnoticed and var jumps)
                faults.Add($"{stop}: jumps by {jumps}");
            faults.AddRange((await BrowserFixture.FaultsAsync(page)).Select(f => $"{stop}: {f}"));
            if (Environment.GetEnvironmentVariable("WEBHOSTER_SCREENSHOTS") is { Length: > 0 } folder)
                await BrowserFixture.ShootAsync(page, Path.Combine(folder, $"{stop}-{width}-{scheme.ToString().ToLowerInvariant()}-{language}.png"));
        }).WalkAsync(boss);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
