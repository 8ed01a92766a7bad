using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>A person's way past the pages of their account, for whoever is signed in on the page; ends signed out.</summary>
/// <param name="look">Called at each stop, with its name.</param>
public sealed class AccountTour(BrowserFixture browser, IPage page, Func<string, Task> look)
{
    public async Task WalkAsync(string name)
    {
        await VirtualAuthenticator.PlugIntoAsync(page);
        await VisitAsync("/account", "account");
        await SendAsync("email", ("#email", "nonsense"));
        await look("account-errors");
        await VisitAsync("/account/security", "security");
        await SendAsync("password", ("#old-password", "wrong"), ("#new-password", "short"));
        await look("security-errors");

        await VisitAsync("/account/security/app", "app-setup");
        var app = new AuthenticatorApp(await page.Locator("#app-key").InnerTextAsync());
        await SendAsync("app", ("#code", "000000"), ("#app-password", Person.Password));
        await look("app-setup-errors");
        await SendAsync("app", ("#code", app.Code()), ("#app-password", Person.Password));
        await Expect(page.Locator("[data-codes] li").First).ToBeVisibleAsync();
        await look("app-codes");
        await page.GotoAsync("/account/security");
        await SendAsync("passkey", ("#passkey-name", "phone"), ("#passkey-password", Person.Password));
        await Expect(page.Locator("[data-passkey]")).ToBeVisibleAsync();
        await page.Locator("[data-passkey] summary").ClickAsync();
        await look("security-full");

        await VisitAsync("/account/sessions", "sessions");
        await VisitAsync("/account/data", "data");
        await SendAsync("delete");
        await look("data-errors");
        await VisitAsync("/forgot", "forgot");
        await VisitAsync("/reset", "reset-spent");
        await VisitAsync("/confirm", "confirm");
        await VisitAsync("/goodbye", "goodbye");
        await ResetAsync(name);

        await page.Context.ClearCookiesAsync(new() { NameRegex = new("Session") });
        await page.GotoAsync("/login");
        await page.FillAsync("#name", name);
        await page.FillAsync("#password", Person.Password);
        await page.ClickAsync(".auth button[type=submit]");
        await page.WaitForURLAsync("**/login/code*");
        await look("login-code");
        await SendAsync("code", ("#code", "000000"));
        await look("login-code-refused");
    }

    private async Task ResetAsync(string name)
    {
        var admin = await Person.AddAdminAsync(browser.Portal);
        var id = await browser.Portal.Database.ScalarAsync<Guid>("select id from users where user_name = @name", ("name", name));
        var link = (await (await admin.Http.PostAsync($"admin/users/{id}/reset-link", null)).DataAsync()).Text("reset_url");
        await VisitAsync(new Uri(link).PathAndQuery, "reset");
    }

    private async Task SendAsync(string form, params (string Field, string Value)[] fields)
    {
        foreach (var (field, value) in fields)
            await page.FillAsync(field, value);
        await page.Locator($"form:has([name=_handler][value='{form}']) button[type=submit]").ClickAsync();
        await page.WaitForLoadStateAsync();
    }

    private async Task VisitAsync(string path, string name)
    {
        await page.GotoAsync(path);
        await look(name);
    }
}
