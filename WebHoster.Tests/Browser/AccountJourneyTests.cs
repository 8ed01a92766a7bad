using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>A person's way through their own account: app, passkeys, sessions, data.</summary>
[Trait("Category", "Browser")]
public sealed class AccountJourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task APersonSetsUpAnAppAndSignsInWithItsCode()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await page.GetByLabel($"Account of {name}").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Security" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Set up the app" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code for the app" })).ToBeVisibleAsync();
        var app = new AuthenticatorApp(await page.Locator("#app-key").InnerTextAsync());
        await page.Locator("#code").FillAsync(app.Code());
        await page.GetByLabel("Your password", new() { Exact = true }).FillAsync(Person.Password);
        await Button(page, "Turn the app on").ClickAsync();
        await Expect(page.Locator("[data-codes] li")).ToHaveCountAsync(10);
        var recovery = await page.Locator("[data-codes] code").First.InnerTextAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => Button(page, "Download").ClickAsync());
        Assert.Contains(recovery, await File.ReadAllTextAsync(await download.PathAsync()));

        await SignOutAsync(page, name);
        await SignInAsync(page, name);
        await page.WaitForURLAsync("**/login/code*");
        await page.Locator("#code").FillAsync("000000");
        await Button(page, "Sign in").ClickAsync();
        await Expect(page.GetByText("This code is wrong")).ToBeVisibleAsync();
        await page.Locator("#code").FillAsync(app.Code());
        await Button(page, "Sign in").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await SignOutAsync(page, name);
        await SignInAsync(page, name);
        await page.Locator("#code").FillAsync(recovery.ToLowerInvariant());
        await Button(page, "Sign in").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await page.GotoAsync("/account/security");
        await Expect(page.GetByText("New recovery codes (9 of 10 left)")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task APasskeyIsAddedSignsInIsRenamedAndRemoved()
    {
        var page = await browser.OpenAsync();
        await VirtualAuthenticator.PlugIntoAsync(page);
        var name = await browser.RegisterAsync(page);
        await AddPasskeyAsync(page, "phone");
        await SignOutAsync(page, name);
        await browser.Portal.Database.ExecuteAsync("update users set last_sign_in_at = null where user_name = @name", ("name", name));
        await page.GotoAsync("/login?returnUrl=/account/security");
        await Button(page, "Sign in with a passkey").ClickAsync();
        await page.WaitForURLAsync("**/account/security");
        await Expect(page.Locator("[data-passkey=phone]")).ToBeVisibleAsync();
        Assert.True(await browser.Portal.Database.ScalarAsync<bool>("select last_sign_in_at is not null from users where user_name = @name", ("name", name)));
        await page.GotoAsync("/account/sessions");
        await Expect(page.Locator("[data-session=this]")).ToContainTextAsync("by passkey");

        await page.GotoAsync("/account/security");
        await page.GetByText("Rename or remove").ClickAsync();
        await page.Locator("[data-passkey] input[name=Name]").FillAsync("old phone");
        await Button(page, "Rename").ClickAsync();
        await Expect(page.Locator("[data-passkey='old phone']")).ToBeVisibleAsync();
        await page.GetByText("Rename or remove").ClickAsync();
        var mine = page.Locator("[data-passkey]");
        await mine.GetByLabel("Your password", new() { Exact = true }).FillAsync("not this one at all");
        await Button(page, "Remove").ClickAsync();
        await Expect(mine).ToContainTextAsync("This is not your password");
        var elsewhere = await browser.OpenAsync();
        await SignInAsync(elsewhere, name);
        await mine.GetByLabel("Your password", new() { Exact = true }).FillAsync(Person.Password);
        await Button(page, "Remove").ClickAsync();
        await Expect(page.Locator("[data-passkey]")).ToHaveCountAsync(0);
        await elsewhere.GotoAsync("/dashboard");
        await Expect(elsewhere).ToHaveURLAsync(new Regex("/login"));
        await SignOutAsync(page, name);
        await page.GotoAsync("/login");
        await Button(page, "Sign in with a passkey").ClickAsync();
        await Expect(page.GetByText("The passkey was not accepted").Or(page.GetByText("Your browser showed no passkey"))).ToBeVisibleAsync();
    }

    [Fact]
    public async Task APasskeyTakesThePasswordToAddAndADisabledPersonsOpensNothing()
    {
        var page = await browser.OpenAsync();
        await VirtualAuthenticator.PlugIntoAsync(page);
        var name = await browser.RegisterAsync(page);
        await page.GotoAsync("/account/security");
        await page.Locator("#passkey-name").FillAsync("phone");
        await page.Locator("#passkey-password").FillAsync("not this one at all");
        await Button(page, "Add a passkey").ClickAsync();
        await Expect(page.Locator("#passkey-password-problem")).ToContainTextAsync("This is not your password");
        await AddPasskeyAsync(page, "phone");
        await browser.Portal.Database.ExecuteAsync("update users set disabled_at = now() where user_name = @name", ("name", name));
        await page.GotoAsync("/login");
        await Button(page, "Sign in with a passkey").ClickAsync();
        await Expect(page.GetByText("This account is not open at the moment")).ToBeVisibleAsync();
    }

    /// <summary>A customer's site has the portal's host name, so that a browser shows it the portal's passkeys.</summary>
    [Fact]
    public async Task WhatAPasskeySaysOnACustomersSiteOpensNothingHere()
    {
        var page = await browser.OpenAsync();
        await VirtualAuthenticator.PlugIntoAsync(page);
        var name = await browser.RegisterAsync(page);
        await AddPasskeyAsync(page, "phone");
        await SignOutAsync(page, name);
        await page.GotoAsync("/login");
        var options = await page.EvaluateAsync<string>(
            """
            async () => {
              const token = document.querySelector('[data-passkey-use]').form.querySelector('[name=__RequestVerificationToken]');
              const answer = await fetch('/account/passkeys/challenge', { method: 'POST', body: new URLSearchParams({ [token.name]: token.value, for: 'passkey' }) });
              return answer.text();
            }
            """);
        await page.GotoAsync($"{browser.SitesUrl}/{name}/");
        const string Use = "async options => JSON.stringify(await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options)) }))";
        var stolen = await page.EvaluateAsync<string>(Use, options);
        await page.GotoAsync("/login");
        var own = await page.EvaluateAsync<string>(Use, options);
        await SendAsync(stolen);
        await Expect(page.GetByText("The passkey was not accepted")).ToBeVisibleAsync();

        // It was where it was shown, not what: the challenge is new, since each is good for one try.
        Assert.NotEqual(stolen, own);
        await page.GotoAsync("/login");
        await Button(page, "Sign in with a passkey").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");

        Task SendAsync(string credential) => page.EvaluateAsync(
            "credential => { const form = document.querySelector('[data-passkey-use]').form; form.querySelector('[data-credential]').value = credential; form.submit(); }", credential);
    }

    [Fact]
    public async Task AnOpenPageEndsWhenItsSessionIsSignedOutElsewhere()
    {
        var (first, second) = (await browser.OpenAsync(), await browser.OpenAsync());
        var name = await browser.RegisterAsync(first);
        await SignInAsync(second, name);
        await browser.LiveAsync(second);
        await first.GotoAsync("/account/sessions");
        await Expect(first.Locator("[data-session]")).ToHaveCountAsync(2);
        await first.Locator("[data-session=other]").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(first.GetByText("That browser is signed out.")).ToBeVisibleAsync();
        await second.WaitForURLAsync("**/login*");
        await Expect(first.Locator("[data-session]")).ToHaveCountAsync(1);
        await Button(first, "Sign out everywhere").ClickAsync();
        await first.WaitForURLAsync("**/login*");
    }

    [Fact]
    public async Task APersonDownloadsTheirDataAndDeletesTheAccount()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await page.GotoAsync("/account/data");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download as JSON" }).ClickAsync());
        Assert.Equal($"webhoster-{name}.json", download.SuggestedFilename);
        Assert.Contains($"\"email\": \"{name}@example.org\"", await File.ReadAllTextAsync(await download.PathAsync()));
        await page.Locator("#delete-password").FillAsync(Person.Password);
        await Button(page, "Delete my account for good").ClickAsync();
        await Expect(page.GetByText("This is not your username.")).ToBeVisibleAsync();
        await page.GetByLabel($"Type {name} to go on").FillAsync(name);
        await page.Locator("#delete-password").FillAsync(Person.Password);
        await Button(page, "Delete my account for good").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your account is being deleted");
        Assert.Equal(0, await browser.Portal.Database.ScalarAsync<long>("select count(*) from users where user_name = @name", ("name", name)));
        await page.GotoAsync("/dashboard");
        await Expect(page).ToHaveURLAsync(new Regex("/login"));
    }

    [Fact]
    public async Task AnAccountGoesThoughItsHostingIsBeingCreated()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await page.Locator(".empty summary").ClickAsync();
        await page.FillAsync("#public-key", TestKeys.Public);
        await page.ClickAsync(".empty .btn--primary");
        await Expect(page.Locator(".stage[data-operation=queued]")).ToBeVisibleAsync();
        await page.GotoAsync("/account/data");
        await page.GetByLabel($"Type {name} to go on").FillAsync(name);
        await page.Locator("#delete-password").FillAsync(Person.Password);
        await Button(page, "Delete my account for good").ClickAsync();
        await page.WaitForURLAsync("**/goodbye");
        await page.GotoAsync("/login");
        await page.FillAsync("#name", name);
        await page.FillAsync("#password", Person.Password);
        await Button(page, "Sign in").ClickAsync();
        await Expect(page.GetByText("The email, username or password is wrong")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task WithoutMailAnAdministratorHandsOverALinkThatSetsANewPassword()
    {
        var (page, person) = (await browser.OpenAsync(), await Person.RegisterAsync(browser.Portal));
        var desk = await browser.OpenAsync();
        await SignInAsync(desk, (await Person.AddAdminAsync(browser.Portal)).Name);
        await desk.GotoAsync($"/admin/users/{await person.IdAsync()}");
        await browser.LiveAsync(desk);
        await Button(desk, "Make a reset link").ClickAsync();
        var link = desk.Locator("#reset-link");
        await Expect(link).ToBeVisibleAsync();
        var url = await link.InnerTextAsync();
        await page.GotoAsync(new Uri(url).PathAndQuery);
        const string Fresh = "another four words in a row";
        await page.FillAsync("#password", Fresh);
        await page.ClickAsync("form button[type=submit].btn--primary");
        await page.WaitForURLAsync("**/reset?done=1");
        await page.GotoAsync("/login");
        await page.FillAsync("#name", person.Name);
        await page.FillAsync("#password", Fresh);
        await Button(page, "Sign in").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
    }

    [Fact]
    public async Task WhatAPageDoesIsInTheAuditLogWithItsAddressAndTheAdministratorFiltersIt()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await page.GotoAsync("/tokens");
        await browser.LiveAsync(page);
        await page.GetByLabel("Name").FillAsync("deploy");
        await Button(page, "Create the token").ClickAsync();
        await Expect(page.Locator("#new-token")).ToBeVisibleAsync();

        var boss = await Person.AddAdminAsync(browser.Portal);
        var desk = await browser.OpenAsync();
        await SignInAsync(desk, boss.Name);
        await desk.GotoAsync("/admin/audit");
        await desk.Locator("#actor").FillAsync(name);
        await Button(desk, "Show").ClickAsync();
        await Expect(desk.Locator("[data-entry]")).ToHaveCountAsync(2);
        var row = desk.Locator("[data-entry='token.create']");
        await Expect(row).ToContainTextAsync("deploy");
        await Expect(row).ToContainTextAsync(new Regex(@"127\.0\.0\.1|::1"));
        Assert.Contains($"actor={name}", desk.Url);
        await row.GetByRole(AriaRole.Link, new() { Name = "token.create" }).ClickAsync();
        await Expect(desk.Locator("[data-entry]")).ToHaveCountAsync(1);
        await desk.GotoAsync("/admin/audit?since=nonsense");
        await Expect(desk.GetByRole(AriaRole.Alert)).ToContainTextAsync("since");
    }

    private async Task AddPasskeyAsync(IPage page, string name)
    {
        await page.GotoAsync("/account/security");
        await page.Locator("#passkey-name").FillAsync(name);
        await page.Locator("#passkey-password").FillAsync(Person.Password);
        await Button(page, "Add a passkey").ClickAsync();
        await Expect(page.Locator($"[data-passkey='{name}']")).ToBeVisibleAsync();
    }

    private static async Task SignInAsync(IPage page, string name)
    {
        await page.GotoAsync("/login");
        await page.FillAsync("#name", name);
        await page.FillAsync("#password", Person.Password);
        await Button(page, "Sign in").ClickAsync();
        await page.WaitForURLAsync(url => !url.EndsWith("/login", StringComparison.Ordinal));
    }

    private static async Task SignOutAsync(IPage page, string name)
    {
        await page.GetByLabel($"Account of {name}").ClickAsync();
        await page.Locator(".menu__list form button").ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
    }

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });
}
