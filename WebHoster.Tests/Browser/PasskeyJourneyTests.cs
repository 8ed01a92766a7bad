using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;
using static WebHoster.Tests.Browser.SignInSteps;

namespace WebHoster.Tests.Browser;

/// <summary>What a person does with passkeys, and what others cannot.</summary>
[Trait("Category", "Browser")]
public sealed class PasskeyJourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
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

    private async Task AddPasskeyAsync(IPage page, string name)
    {
        await page.GotoAsync("/account/security");
        await page.Locator("#passkey-name").FillAsync(name);
        await page.Locator("#passkey-password").FillAsync(Person.Password);
        await Button(page, "Add a passkey").ClickAsync();
        await Expect(page.Locator($"[data-passkey='{name}']")).ToBeVisibleAsync();
    }
}
