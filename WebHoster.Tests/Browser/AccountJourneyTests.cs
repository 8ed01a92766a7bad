using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;
using static WebHoster.Tests.Browser.SignInSteps;

namespace WebHoster.Tests.Browser;

/// <summary>A person's way through their own account: app, sessions, data.</summary>
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
    public async Task AnOpenPageOfADisabledPersonHearsNothingMoreThoughItStays()
    {
        var (page, person, _) = await new SeededHosting(browser).OpenAsync("");
        var (desk, _) = await AdminWindow.OpenAsync(browser, "/admin/hostings");
        // Told by the page itself: Playwright would wait for the one that it is on the way to, and that one does not come.
        var seen = new ConcurrentQueue<string>();
        await page.ExposeFunctionAsync("sawStatus", (string text) => seen.Enqueue(text));
        await page.EvaluateAsync(
            """
            () => new MutationObserver(() => sawStatus(document.querySelector('.machine .badge').innerText))
                .observe(document.querySelector('.machine'), { subtree: true, childList: true, characterData: true })
            """);
        await browser.Portal.Engine.SetAsync(person.Name, "starting");
        await Eventually.TrueAsync(() => seen.Contains("Starting"));
        var asked = new TaskCompletionSource<IRoute>();
        await page.RouteAsync("**/login*", asked.SetResult);
        await browser.Portal.Database.ExecuteAsync("update users set disabled_at = now() where user_name = @name", ("name", person.Name));
        var unanswered = await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await browser.Portal.Engine.SetAsync(person.Name, "stopped");
        // The same process tells others of it.
        await Expect(desk.Locator($"[data-row='{person.Name}']")).ToContainTextAsync("Stopped");
        Assert.DoesNotContain("Stopped", seen);
        await unanswered.AbortAsync();
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
        await BrowserFixture.AskForHostingAsync(page);
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
        await desk.Locator("[id^='reset-']").ClickAsync();
        await desk.GetByLabel($"Type {person.Name} to go on").FillAsync(person.Name);
        await desk.GetByLabel("Your password").FillAsync("not the administrator's");
        await Button(desk, "Make a reset link").ClickAsync();
        await Expect(desk.GetByText("This is not your password.")).ToBeInViewportAsync();
        await desk.GetByLabel("Your password").FillAsync(Person.Password);
        await Button(desk, "Make a reset link").ClickAsync();
        var link = desk.Locator("#reset-link");
        await Expect(link).ToBeInViewportAsync();
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
}
