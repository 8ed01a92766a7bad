using Microsoft.Playwright;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>Every page in both themes on a phone and on a desk: nothing scrolls sideways, and a picture of each is kept.</summary>
[Trait("Category", "Browser")]
public sealed class LookTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task EveryPageFitsTheWindow(int width, ColorScheme scheme)
    {
        var page = await browser.OpenAsync(width, width < 500 ? 740 : 860, scheme);
        Task Shoot(string name) => LookAsync(page, $"{name}-{(width < 500 ? "phone" : "desk")}-{scheme.ToString().ToLowerInvariant()}");

        await page.GotoAsync("/");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
        await Shoot("landing");
        await page.GotoAsync("/nowhere");
        await Shoot("not-found");
        await page.GotoAsync("/login");
        await page.GetByLabel("Email or username").FillAsync("ada");
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync("wrong");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Shoot("login-refused");
        await page.GotoAsync("/register");
        await page.GetByLabel("Email").FillAsync("ada");
        await page.GetByLabel("Username").FillAsync("Ada!");
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync("short");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create account" }).ClickAsync();
        await Expect(page.GetByText("A password has 10 to 128 characters")).ToBeVisibleAsync();
        await Shoot("register-errors");

        var name = await browser.RegisterAsync(page);
        await Shoot("dashboard-empty");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create hosting" }).ClickAsync();
        await Expect(page.GetByText("It is shown this once")).ToBeVisibleAsync();
        await Shoot("dashboard-key");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Copy", Exact = true }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "I have saved it" }).ClickAsync();

        var engine = browser.Portal.Engine;
        var operation = await engine.NewestOperationAsync(name);
        await engine.StartAsync(operation);
        foreach (var step in new[] { StepName.AnnounceRoute, StepName.CreateDisk, StepName.WriteSeed, StepName.StartMachine })
        {
            await engine.FinishAsync(operation, step);
            await engine.SayAsync(operation, $"{step}: done");
        }

        await engine.BeginAsync(operation, StepName.AwaitReady);
        await engine.SayAsync(operation, "cloud-init[412]: Cloud-init v. 22.4.2 running 'modules:config' at Sat, 21 Nov 2026 20:41:07 +0000. Up 6.81 seconds.");
        await Expect(page.GetByText("Up 6.81 seconds")).ToBeVisibleAsync();
        await Shoot("dashboard-creating");
        await engine.CreateAsync(name);
        await Expect(page.Locator("[data-status=running]")).ToBeVisibleAsync();
        await Shoot("dashboard-running");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(page.GetByText("This cannot be undone")).ToBeVisibleAsync();
        await Shoot("dashboard-delete");
        await page.GetByLabel($"Type {name} to go on").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Delete for good" }).ClickAsync();
        await Expect(page.Locator("[data-status=deleting]")).ToBeVisibleAsync();
        await Shoot("dashboard-deleting");
        operation = await engine.NewestOperationAsync(name);
        await engine.EraseAsync(name);
        await engine.SucceedAsync(operation);
        await page.GetByText("I have an SSH key").ClickAsync();
        await page.GetByLabel("Your SSH public key").FillAsync(TestKeys.Public);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create hosting" }).ClickAsync();
        await Expect(page.Locator("[data-status=creating]")).ToBeVisibleAsync();
        await engine.FailCreateAsync(name, "The machine did not start: the host has no memory left. Nothing was kept; try again later.");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Shoot("dashboard-failed");
    }

    [Fact]
    public async Task The_theme_is_chosen_by_hand_and_remembered()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync("/");
        var toggle = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Theme:" });
        await toggle.ClickAsync();
        await toggle.ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.GotoAsync("/login");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task The_API_documentation_opens_and_nothing_is_blocked()
    {
        var page = await browser.OpenAsync();
        var complaints = new List<string>();
        page.Console += (_, line) =>
        {
            if (line.Type == "error")
                complaints.Add(line.Text);
        };
        await page.GotoAsync("/docs");
        await Expect(page.GetByText("/api/v1/host/my/rebuild")).ToBeVisibleAsync();
        await page.GotoAsync("/");
        await browser.RegisterAsync(page);
        Assert.Empty(complaints);
    }

    private static async Task LookAsync(IPage page, string name)
    {
        await BrowserFixture.ShootAsync(page, name);
        var sideways = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(sideways <= 0, $"{name} scrolls {sideways} px sideways.");
    }
}
