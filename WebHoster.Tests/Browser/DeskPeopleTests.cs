using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>An account that an administrator makes for somebody, from its first link to its end.</summary>
[Trait("Category", "Browser")]
public sealed class DeskPeopleTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task APersonIsAddedSetsAPasswordByTheLinkAndIsDeleted()
    {
        var name = Person.NewName("new");
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/users");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a person" }).ClickAsync();
        await page.WaitForURLAsync("**/admin/users/add");
        await browser.LiveAsync(page);
        await page.FillAsync("#add-username", name);
        await Button(page, "Add the person").ClickAsync();
        await Expect(page.Locator("#add-email-problem")).Not.ToBeEmptyAsync();
        await page.FillAsync("#add-email", $"{name}@example.org");
        await Button(page, "Add the person").ClickAsync();
        var link = await page.Locator("#reset-link").InnerTextAsync();

        var theirs = await (await browser.Browser.NewContextAsync()).NewPageAsync();
        await theirs.GotoAsync(link);
        await theirs.FillAsync("#password", Person.Password);
        await theirs.ClickAsync("form button[type=submit].btn--primary");
        await theirs.WaitForURLAsync("**/reset?done=1");

        await page.GetByRole(AriaRole.Link, new() { Name = $"Open the account of {name}" }).ClickAsync();
        await page.WaitForURLAsync("**/admin/users/*-*");
        await browser.LiveAsync(page);
        await page.Locator("[id^='delete-']").ClickAsync();
        await page.GetByLabel($"Type {name} to go on").FillAsync(name);
        await page.GetByLabel("Your password").FillAsync(Person.Password);
        await Button(page, "Delete for good").ClickAsync();
        await Expect(page.GetByText($"“{name}” was deleted")).ToBeVisibleAsync();
        await theirs.Context.CloseAsync();
    }

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });
}
