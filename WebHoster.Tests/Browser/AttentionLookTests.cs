using Microsoft.Playwright;
using Xunit;

namespace WebHoster.Tests.Browser;

/// <summary>The administrators' pages of jobs, drift and alerts: axe-core finds nothing, nothing scrolls sideways, and nothing jumps while it loads.</summary>
[Trait("Category", "Browser")]
public sealed class AttentionLookTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    /// <summary>Layout shift that nobody notices.</summary>
    private const double Unnoticed = 0.02;

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-US")]
    [InlineData(360, ColorScheme.Dark, "ko-KR")]
    public async Task EveryPageIsAccessibleFitsTheWindowAndStaysWhereItIs(int width, ColorScheme scheme, string language)
    {
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/jobs", width, scheme, language);
        List<string> faults = [];
        await page.AddInitScriptAsync(
            """
            window.jumps = 0;
            new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.jumps += e.value; }).observe({ type: 'layout-shift', buffered: true });
            """);
        await new AttentionTour(browser, page, async stop =>
        {
            // What comes later is asked for by the tour.
            var jumps = stop is "drift-empty" or "alerts-empty" or "jobs-failed" or "jobs-none" or "drift" ? await page.EvaluateAsync<double>("window.jumps") : 0;
            if (jumps > Unnoticed)
                faults.Add($"{stop}: jumps by {jumps}");
            faults.AddRange((await BrowserFixture.FaultsAsync(page)).Select(f => $"{stop}: {f}"));
            if (Environment.GetEnvironmentVariable("WEBHOSTER_SCREENSHOTS") is { Length: > 0 } folder)
                await BrowserFixture.ShootAsync(page, Path.Combine(folder, $"{stop}-{width}-{scheme.ToString().ToLowerInvariant()}-{language}.png"));
        }).WalkAsync();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
