using Microsoft.Playwright;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>Creations that do not end in a site; the test plays the engine on another connection.</summary>
[Trait("Category", "Browser")]
public sealed class CreationJourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task AFailedSecondCreationLeavesTheFirstInSightAndAnotherTryAfterAReloadHasItsNameAndKey()
    {
        var (page, name) = await OpenWithOneAsync();
        await Button(page, "Create hosting").ClickAsync();
        await Expect(page.GetByLabel("Name (optional)")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync($"{name}-shop");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("It is shown this once")).ToBeVisibleAsync();
        await browser.Portal.Engine.FailCreateAsync($"{name}-shop", "The host has no memory left for it.");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("no memory left");
        await Expect(page.Locator($"[data-hosting={name}]")).ToBeVisibleAsync();

        await page.ReloadAsync();
        await browser.LiveAsync(page);
        await Button(page, "Try again").ClickAsync();
        await Expect(page.Locator(".stage[data-operation=queued]")).ToContainTextAsync($"{name}-shop");
        Assert.Equal("2 tries, 1 key", await browser.Portal.Database.ScalarAsync<string>(
            "select format('%s tries, %s key', count(*), count(distinct public_key)) from operations where slug = @slug", ("slug", $"{name}-shop")));

        await browser.Portal.Engine.FailCreateAsync($"{name}-shop", "The host has no memory left for it.");
        await Button(page, "Close").ClickAsync();
        await Expect(page.Locator(".stage")).ToHaveCountAsync(0);
        await Expect(page.Locator(":focus")).ToHaveTextAsync("Hostings");
    }

    [Fact]
    public async Task AnotherTryThatIsRefusedSaysWhy()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await BrowserFixture.AskForHostingAsync(page);
        await browser.Portal.Engine.FailCreateAsync(name, "The host has no memory left for it.");
        await browser.Portal.Database.ExecuteAsync("update operations set public_key = null where slug = @slug", ("slug", name));
        await page.ReloadAsync();
        await browser.LiveAsync(page);
        await Button(page, "Try again").ClickAsync();
        await Expect(page.GetByText("Its key is not known any more.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task ACreationIsCalledOffAndWhatUndoesItIsSeen()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await Button(page, "Create hosting").ClickAsync();
        await Button(page, "Call it off…").ClickAsync();
        await Expect(Button(page, "Keep")).ToBeFocusedAsync();
        await Button(page, "Call it off").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Calling it off" })).ToBeVisibleAsync();
        await Expect(page.Locator(".keycard")).ToHaveCountAsync(0);
        var undoing = await browser.Portal.Engine.NewestOperationAsync(name);
        await browser.Portal.Engine.StartAsync(undoing);
        await browser.Portal.Engine.BeginAsync(undoing, StepName.RemoveMachine);
        await Expect(page.Locator($"[data-step={StepName.RemoveMachine}]")).ToContainTextAsync("running");
        await browser.Portal.Engine.EraseAsync(name);
        await browser.Portal.Engine.SucceedAsync(undoing);
        await Expect(page.GetByText($"“{name}” was deleted")).ToBeVisibleAsync();
        await Expect(Button(page, "Create hosting")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task AFullHostIsSaidInPlaceAndStays()
    {
        var page = await browser.OpenAsync();
        await browser.RegisterAsync(page);
        await browser.Portal.Database.ExecuteAsync(
            """
            create table slots_before as select number from slots;
            insert into slots (number, state) select n, 'unusable' from generate_series(0, 20000) n on conflict do nothing
            """);
        try
        {
            await Button(page, "Create hosting").ClickAsync();
            await Expect(page.Locator(".empty [role=alert]")).ToContainTextAsync("This host has no place left");
        }
        finally
        {
            await browser.Portal.Database.ExecuteAsync("delete from slots where number not in (select number from slots_before); drop table slots_before");
        }
    }

    /// <summary>A dashboard with one hosting that runs, and room for another.</summary>
    private async Task<(IPage Page, string Name)> OpenWithOneAsync()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await TestPlans.GiveAsync(browser.Portal.Database, name, 2);
        await BrowserFixture.AskForHostingAsync(page);
        await browser.Portal.Engine.CreateAsync(name);
        await Button(page, "Close").ClickAsync();
        return (page, name);
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
