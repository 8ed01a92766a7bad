using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>Every page in both themes, on a phone and on a desk: axe-core finds nothing, and nothing scrolls sideways.</summary>
[Trait("Category", "Browser")]
public sealed class LookTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-US")]
    [InlineData(1280, ColorScheme.Dark, "ko-KR")]
    [InlineData(360, ColorScheme.Light, "ko-KR")]
    [InlineData(360, ColorScheme.Dark, "en-US")]
    public async Task EveryPageIsAccessibleAndFitsTheWindow(int width, ColorScheme scheme, string language)
    {
        var page = await browser.OpenAsync(width, width < 500 ? 740 : 860, scheme, language);
        List<string> faults = [];
        await new Tour(browser, page, async stop => faults.AddRange((await BrowserFixture.FaultsAsync(page)).Select(f => $"{stop}: {f}"))).WalkAsync(others: false);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task TheThemeIsChosenByHandAndRemembered()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync("/");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        var toggle = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Theme:" });
        await toggle.ClickAsync();
        await toggle.ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.GotoAsync("/login");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task TheLanguageIsTheBrowsersAtFirstAndThenTheOneThatWasChosen()
    {
        var page = await browser.OpenAsync(language: "ko-KR");
        await browser.RegisterAsync(page);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
        await Expect(page.Locator("h1")).ToHaveTextAsync("호스팅을 만들어 보세요");
        await page.Locator("summary[title='언어']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "English" }).ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await browser.LiveAsync(page);
        // The circuit speaks it too, not only the first rendering.
        await page.GetByText("I have an SSH key").ClickAsync();
        await page.GetByLabel("Your SSH public key").FillAsync("not a key");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create hosting" }).ClickAsync();
        await Expect(page.GetByText("An SSH public key starts with its type")).ToBeVisibleAsync();
        await page.GotoAsync("/");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
    }

    [Fact]
    public async Task TheAPIDocumentationOpensAndNothingIsBlocked()
    {
        var page = await browser.OpenAsync();
        var complaints = new List<string>();
        page.Console += (_, line) =>
        {
            if (line.Type == "error")
                complaints.Add(line.Text);
        };
        await page.GotoAsync("/docs");
        await Expect(page.GetByText("/api/v1/host/my/rebuild")).ToBeVisibleAsync();
        await page.GotoAsync("/");
        await browser.RegisterAsync(page);
        Assert.Empty(complaints);
    }
}
