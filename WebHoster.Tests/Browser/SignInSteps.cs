using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Browser;

/// <summary>Into an account and out of it, as a person does it.</summary>
internal static class SignInSteps
{
    public static async Task SignInAsync(IPage page, string name)
    {
        await page.GotoAsync("/login");
        await page.FillAsync("#name", name);
        await page.FillAsync("#password", Person.Password);
        await Button(page, "Sign in").ClickAsync();
        await page.WaitForURLAsync(url => !url.EndsWith("/login", StringComparison.Ordinal));
    }

    public static async Task SignOutAsync(IPage page, string name)
    {
        await page.GetByLabel($"Account of {name}").ClickAsync();
        await page.Locator(".menu__list form button").ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
    }

    public static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });
}
