using Microsoft.Playwright;
using Xunit;

namespace WebHoster.Tests.Browser;

/// <summary>The pages of a hosting, of keys and of tokens: axe-core finds nothing, nothing scrolls sideways, and nothing jumps while it loads.</summary>
[Trait("Category", "Browser")]
public sealed class HostingPagesLookTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-US")]
    [InlineData(1280, ColorScheme.Dark, "ko-KR")]
    [InlineData(360, ColorScheme.Light, "ko-KR")]
    [InlineData(360, ColorScheme.Dark, "en-US")]
    public async Task EveryPageIsAccessibleFitsTheWindowAndStaysWhereItIs(int width, ColorScheme scheme, string language)
    {
        var (page, person, _) = await new SeededHosting(browser).OpenAsync("", width, scheme, language);
        List<string> faults = [];
        await Jumps.WatchAsync(page);
        await new HostingTour(browser, page, async stop =>
        {
            // What comes later is asked for by the tour.
            var jumps = stop is "hosting" or "hosting-metrics" or "hosting-activity" or "hosting-keys" or "hosting-settings" or "tokens-empty"
                ? await Jumps.SoFarAsync(page) : 0;
            if (jumps > Jumps.Unnoticed)
                faults.Add($"{stop}: jumps by {jumps}");
            faults.AddRange((await BrowserFixture.FaultsAsync(page)).Select(f => $"{stop}: {f}"));
            if (Environment.GetEnvironmentVariable("WEBHOSTER_SCREENSHOTS") is { Length: > 0 } folder)
                await BrowserFixture.ShootAsync(page, Path.Combine(folder, $"{stop}-{width}-{scheme.ToString().ToLowerInvariant()}-{language}.png"));
        }).WalkAsync(person.Name);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData(1280, "en-US")]
    [InlineData(360, "ko-KR")]
    public async Task NothingJumpsWhileTheFirstPagesAndTheDashboardLoad(int width, string language)
    {
        var fresh = await browser.OpenAsync(width, width < 500 ? 740 : 860, language: language);
        await Jumps.WatchAsync(fresh);
        List<string> faults = [];
        foreach (var path in new[] { "/", "/login", "/register" })
        {
            await fresh.GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });
            await NoteAsync(fresh, path);
        }

        var (page, person, _) = await new SeededHosting(browser).OpenAsync("", width, language: language);
        await Jumps.WatchAsync(page);
        await LoadAsync("a creation that is news");
        await browser.Portal.Database.ExecuteAsync("update operations set finished_at = now() - interval '1 hour' where slug = @slug", ("slug", person.Name));
        await LoadAsync("cards");
        Assert.True(faults.Count == 0, string.Join('\n', faults));

        async Task LoadAsync(string state)
        {
            await page.GotoAsync("/dashboard", new() { WaitUntil = WaitUntilState.NetworkIdle });
            await browser.LiveAsync(page);
            await NoteAsync(page, $"the dashboard with {state}");
        }

        async Task NoteAsync(IPage loaded, string what)
        {
            if (await Jumps.SoFarAsync(loaded) is var jumps && jumps > Jumps.Unnoticed)
                faults.Add($"{what} jumps by {jumps}");
        }
    }
}
