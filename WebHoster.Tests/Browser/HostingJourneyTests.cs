using Microsoft.Playwright;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>A person's way through the portal; the test plays the engine on another connection.</summary>
[Trait("Category", "Browser")]
public sealed class HostingJourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task APersonRegistersCreatesAndSeesEveryStepWithoutReloading()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await page.EvaluateAsync("window.sameDocument = true");

        await Button(page, "Create hosting").ClickAsync();
        await Expect(page.GetByText("It is shown this once")).ToBeVisibleAsync();
        await Expect(Step(page, StepName.CreateDisk)).ToBeInViewportAsync();
        await Expect(Button(page, "I have saved it")).ToBeDisabledAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => Button(page, "Download the key").ClickAsync());
        Assert.Equal($"{name}-webhoster.pem", download.SuggestedFilename);
        Assert.StartsWith("-----BEGIN EC PRIVATE KEY-----", await File.ReadAllTextAsync(await download.PathAsync()));
        var command = await page.Locator($"#{name}-ssh").InnerTextAsync();
        Assert.Matches($@"^ssh -i {name}-webhoster\.pem -p \d+ ubuntu@localhost$", command);
        await Button(page, "I have saved it").ClickAsync();
        await Expect(page.Locator(".keycard")).ToHaveCountAsync(0);
        await Expect(page.Locator("[data-status=creating]")).ToBeVisibleAsync();

        var engine = browser.Portal.Engine;
        var operation = await engine.NewestOperationAsync(name);
        await engine.StartAsync(operation);
        await engine.BeginAsync(operation, StepName.CreateDisk);
        await Expect(Step(page, StepName.CreateDisk)).ToContainTextAsync("running");
        await engine.FinishAsync(operation, StepName.CreateDisk);
        await Expect(Step(page, StepName.CreateDisk)).ToContainTextAsync("done");
        await engine.SayAsync(operation, "Overlay on template <b>bookworm</b>");
        await Expect(page.GetByText("Overlay on template <b>bookworm</b>")).ToBeVisibleAsync();

        await engine.CreateAsync(name);
        await Expect(page.Locator("[data-status=running]")).ToBeVisibleAsync();
        await Expect(page.GetByText("Your site is live")).ToBeVisibleAsync();
        await Expect(page.Locator("#site-url")).ToHaveTextAsync($"{browser.SitesUrl}/{name}/");
        await Expect(page.Locator("#ssh-command")).ToHaveTextAsync(command);
        await Expect(page.FrameLocator("iframe[sandbox=allow-scripts]").Locator("h1")).ToHaveTextAsync(name);
        await Button(page, "Close").ClickAsync();
        await Expect(page.GetByText("Site and SSH answer")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
    }

    [Fact]
    public async Task APersonRegistersSignsOutAndSignsInAgain()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Get started" }).ClickAsync();
        var name = Person.NewName("eve");
        await page.GetByLabel("Email").FillAsync($"{name}@example.org");
        await page.GetByLabel("Username").FillAsync(name);
        var password = page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true });
        await password.FillAsync(name);
        await Expect(page.Locator("[data-rule=other]")).ToHaveAttributeAsync("data-met", "false");
        await password.FillAsync(Person.Password);
        await Expect(page.Locator("[data-rule][data-met=true]")).ToHaveCountAsync(3);
        await Button(page, "Show password").ClickAsync();
        await Expect(password).ToHaveAttributeAsync("type", "text");
        await Button(page, "Create account").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await page.GetByLabel($"Account of {name}").ClickAsync();
        await Button(page, "Sign out").ClickAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Sign in" }).First.ClickAsync();
        await page.GetByLabel("Email or username").FillAsync(name);
        await password.FillAsync(Person.Password);
        await Button(page, "Sign in").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await browser.LiveAsync(page);
    }

    [Fact]
    public async Task ADisabledPersonsOpenPageEndsInTheSignIn()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        var admin = await Person.AddAdminAsync(browser.Portal);
        var id = await browser.Portal.Database.ScalarAsync<Guid>("select id from users where user_name = @name", ("name", name));
        (await admin.Http.PostAsync($"admin/users/{id}/disable", null)).EnsureSuccessStatusCode();
        await page.WaitForURLAsync("**/login*");
        await page.GotoAsync("/dashboard");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/login"));
    }

    [Fact]
    public async Task TheCopyButtonsCopyWhatIsShown()
    {
        var page = await browser.OpenAsync();
        await RunningAsync(page);
        foreach (var (id, label) in new[] { ("site-url", "Site"), ("ssh-command", "SSH"), ("sftp-command", "SFTP") })
        {
            await Button(page, $"Copy {label}").ClickAsync();
            Assert.Equal(await page.Locator($"#{id}").InnerTextAsync(), await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        }

        await Expect(page.Locator("#live-words")).ToHaveTextAsync("Copied");
    }

    [Fact]
    public async Task AFailedCreateSaysWhyAndOffersToTryAgain()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await page.GetByText("I have an SSH key").ClickAsync();
        await page.GetByLabel("Your SSH public key").FillAsync("not a key");
        await Button(page, "Create hosting").ClickAsync();
        await Expect(page.GetByText("An SSH public key starts with its type")).ToBeVisibleAsync();
        await page.GetByLabel("Your SSH public key").FillAsync(TestKeys.Public);
        await Button(page, "Create hosting").ClickAsync();
        await Expect(page.Locator("[data-status=creating]")).ToBeVisibleAsync();

        await browser.Portal.Engine.FailCreateAsync(name, "The machine did not start: the host has no memory left.");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("the host has no memory left");
        await Button(page, "Try again").ClickAsync();
        await Expect(page.Locator("[data-status=creating]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task WhatTheAPIAsksForShowsInAnOpenWindow()
    {
        var page = await browser.OpenAsync();
        var name = await RunningAsync(page);
        var http = Person.Stranger(browser.Portal);
        var token = await (await http.PostAsync("auth/login", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["username"] = name,
            ["password"] = Person.Password,
        }))).JsonAsync();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {token.Text("access_token")}");
        (await http.PostAsync("host/my/stop", null)).EnsureSuccessStatusCode();
        await Expect(page.Locator($"[data-hosting={name}][data-status=stopping]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task ARestartedPortalIsToldOfAndThePageComesBackByItself()
    {
        var page = await browser.OpenAsync();
        var name = await RunningAsync(page);
        await browser.Portal.StopAsync();
        await Expect(page.GetByText("The connection was lost")).ToBeVisibleAsync();
        await browser.Portal.Engine.SetAsync(name, "stopped");
        await browser.Portal.StartAsync();
        await Expect(page.Locator($"[data-hosting={name}][data-status=stopped]")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 });
        await browser.LiveAsync(page);
        await browser.Portal.Engine.SetAsync(name, "running", "no_http");
        await Expect(page.Locator(".stage [data-status=running]").Or(page.GetByText("The site does not answer")).First).ToBeVisibleAsync();
    }

    private async Task<string> RunningAsync(IPage page)
    {
        var name = await browser.RegisterAsync(page);
        await Button(page, "Create hosting").ClickAsync();
        await Button(page, "Copy").First.ClickAsync();
        await Button(page, "I have saved it").ClickAsync();
        await browser.Portal.Engine.CreateAsync(name);
        await Expect(page.Locator("[data-status=running]")).ToBeVisibleAsync();
        return name;
    }

    private static ILocator Step(IPage page, string name) => page.Locator($"[data-step={name}]");

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });
}
