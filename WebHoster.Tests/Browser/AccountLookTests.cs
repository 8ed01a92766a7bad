using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>The pages of one's account and the audit log: axe-core finds nothing, and nothing scrolls sideways.</summary>
[Trait("Category", "Browser")]
public sealed class AccountLookTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-US")]
    [InlineData(360, ColorScheme.Dark, "ko-KR")]
    public async Task EveryPageIsAccessibleAndFitsTheWindow(int width, ColorScheme scheme, string language)
    {
        var page = await browser.OpenAsync(width, width < 500 ? 740 : 860, scheme, language);
        List<string> faults = [];
        var name = await browser.RegisterAsync(page);
        await new AccountTour(browser, page, LookAsync).WalkAsync(name);
        var boss = await Person.AddAdminAsync(browser.Portal);
        await page.GotoAsync("/login?returnUrl=/admin/audit");
        await page.FillAsync("#name", boss.Name);
        await page.FillAsync("#password", Person.Password);
        await page.ClickAsync(".auth button[type=submit]");
        await Expect(page.Locator("[data-entry]").First).ToBeVisibleAsync();
        await LookAsync("audit");
        await page.GotoAsync("/admin/audit?actor=nobody-at-all");
        await LookAsync("audit-empty");
        Assert.True(faults.Count == 0, string.Join('\n', faults));

        async Task LookAsync(string stop)
        {
            faults.AddRange((await BrowserFixture.FaultsAsync(page)).Select(f => $"{stop}: {f}"));
            if (Environment.GetEnvironmentVariable("WEBHOSTER_SCREENSHOTS") is { Length: > 0 } folder)
                await BrowserFixture.ShootAsync(page, Path.Combine(folder, $"{stop}-{width}-{scheme.ToString().ToLowerInvariant()}-{language}.png"));
        }
    }
}
