using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>An open page while the database does not answer: one table is away, so that nothing else notices.</summary>
[Trait("Category", "Browser")]
public sealed class StalePageTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task APageThatCannotBeLoadedAgainSaysThatItMayBeOld()
    {
        var (page, person, id) = await new SeededHosting(browser).OpenAsync();
        await browser.Portal.Database.ExecuteAsync("alter table operations rename to elsewhere; select announce('hosting', @id, @owner, null)",
            ("id", id), ("owner", await person.IdAsync()));
        try
        {
            await Expect(page.GetByText("What you see may be old")).ToBeVisibleAsync();
        }
        finally
        {
            await browser.Portal.Database.ExecuteAsync("alter table elsewhere rename to operations");
        }

        await Expect(page.GetByText("What you see may be old")).ToBeHiddenAsync();
        await browser.Portal.Engine.SetAsync(person.Name, "stopped");
        await Expect(page.Locator(".machine .badge")).ToHaveTextAsync("Stopped");
    }

    [Fact]
    public async Task APageOfTheDeskThatCannotBeLoadedAgainSaysSoToo()
    {
        var (page, admin) = await AdminWindow.OpenAsync(browser, "/admin/users");
        await browser.Portal.Database.ExecuteAsync("alter table plans rename to elsewhere; select announce('account', @id, @id, null)", ("id", await admin.IdAsync()));
        try
        {
            await Expect(page.GetByText("What you see may be old")).ToBeVisibleAsync();
        }
        finally
        {
            await browser.Portal.Database.ExecuteAsync("alter table elsewhere rename to plans");
        }

        await Expect(page.GetByText("What you see may be old")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task AClickThatTheDatabaseDoesNotAnswerIsToldOfAndThePageGoesOn()
    {
        var (page, _, _) = await new SeededHosting(browser).OpenAsync();
        await browser.Portal.Database.ExecuteAsync("alter table operations rename to elsewhere");
        try
        {
            await StopAsync();
            await Expect(page.GetByText("The database does not answer at the moment")).ToBeVisibleAsync();
        }
        finally
        {
            await browser.Portal.Database.ExecuteAsync("alter table elsewhere rename to operations");
        }

        await Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
        await StopAsync();
        await Expect(page.Locator(".machine .badge")).ToHaveTextAsync("Stopping");
        await Expect(page.GetByText("What you see may be old")).ToBeHiddenAsync();

        async Task StopAsync()
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Stop the machine" }).ClickAsync();
        }
    }
}
