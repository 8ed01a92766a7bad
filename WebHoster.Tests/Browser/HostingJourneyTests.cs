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
        await Expect(Button(page, "I have saved it")).ToBeDisabledAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => Button(page, "Download the key").ClickAsync());
        Assert.Equal($"{name}-webhoster.pem", download.SuggestedFilename);
        Assert.StartsWith("-----BEGIN EC PRIVATE KEY-----", await File.ReadAllTextAsync(await download.PathAsync()));
        await Button(page, "I have saved it").ClickAsync();
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
        await Expect(page.GetByText("Site and SSH answer")).ToBeVisibleAsync();
        await Expect(page.Locator("#site-url")).ToHaveTextAsync($"http://localhost:8088/{name}/");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
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
    public async Task DeletingAsksForTheNameAndThenShowsThatItIsGone()
    {
        var page = await browser.OpenAsync();
        var name = await RunningAsync(page);
        await Button(page, "Delete").ClickAsync();
        await Expect(Button(page, "Delete for good")).ToBeDisabledAsync();
        await page.GetByLabel($"Type {name} to go on").FillAsync("something-else");
        await Expect(Button(page, "Delete for good")).ToBeDisabledAsync();
        await page.GetByLabel($"Type {name} to go on").FillAsync(name);
        await Button(page, "Delete for good").ClickAsync();
        await Expect(page.Locator("[data-status=deleting]")).ToBeVisibleAsync();

        var engine = browser.Portal.Engine;
        var operation = await engine.NewestOperationAsync(name);
        await engine.EraseAsync(name);
        await engine.SucceedAsync(operation);
        await Expect(page.GetByText($"“{name}” was deleted")).ToBeVisibleAsync();
        await Expect(Button(page, "Create hosting")).ToBeVisibleAsync();
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
        await Expect(page.Locator("[data-status=stopping]")).ToBeVisibleAsync();
        await Expect(Button(page, "Rebuild")).ToHaveCountAsync(0);
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
        await Expect(page.Locator("[data-status=stopped]")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 });
        await browser.LiveAsync(page);
        await browser.Portal.Engine.SetAsync(name, "running", "no_http");
        await Expect(page.GetByText("The site does not answer")).ToBeVisibleAsync();
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
