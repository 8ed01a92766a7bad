using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Browser;

/// <summary>A window in which an administrator is signed in.</summary>
internal static class AdminWindow
{
    /// <param name="path">Such as <c>/admin/jobs</c>; its page is live at the end.</param>
    public static async Task<(IPage Page, Person Admin)> OpenAsync(
        BrowserFixture browser, string path, int width = 1280, ColorScheme scheme = ColorScheme.Light, string language = "en-US")
    {
        var admin = await Person.AddAdminAsync(browser.Portal);
        var page = await browser.OpenAsync(width, width < 500 ? 740 : 860, scheme, language);
        await page.GotoAsync($"/login?returnUrl={path}");
        await page.FillAsync("#name", admin.Name);
        await page.FillAsync("#password", Person.Password);
        await page.ClickAsync(".auth button[type=submit]");
        await page.WaitForURLAsync($"**{path}");
        await browser.LiveAsync(page);
        return (page, admin);
    }
}
