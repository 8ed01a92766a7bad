using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WebHoster.Tests.Browser;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.EndToEnd;

/// <summary>The whole way of a person who has a browser and nothing else.</summary>
public sealed partial class HostingStoryTests
{
    private const float PageLimit = 60_000;
    private const float MachineLimit = 480_000;

    [Fact, Chapter(6)]
    public async Task APersonWithABrowserCreatesTypesUploadsAndDeletes()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = BrowserFixture.ChromiumPath, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
        var page = await (await chromium.NewContextAsync(new() { BaseURL = install.PortalUrl, Locale = "en-US", AcceptDownloads = true })).NewPageAsync();
        page.SetDefaultTimeout(PageLimit);
        await page.GotoAsync("/register");
        await page.FillAsync("#email", "eve@example.com");
        await page.FillAsync("#username", "eve");
        await page.FillAsync("#password", "four words in a row");
        await page.ClickAsync(".auth button[type=submit]");
        await page.Locator(".board[data-live=true]").WaitForAsync();

        await page.ClickAsync(".empty .btn--primary");
        await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Download the key" }).ClickAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "I have saved it" }).ClickAsync();
        await page.GetByText("Watch it boot").ClickAsync();
        await Expect(page.Locator(".boot .xterm-rows")).ToContainTextAsync(new Regex("[a-z]{3}"), new() { Timeout = MachineLimit });
        await Expect(page.GetByText("Your site is live")).ToBeVisibleAsync(new() { Timeout = MachineLimit });
        await page.GetByRole(AriaRole.Link, new() { Name = "Go to your hosting" }).ClickAsync();

        await page.ClickAsync(".tab[href$='/console']");
        await Expect(page.Locator(".xterm-rows")).ToContainTextAsync("ubuntu@eve", new() { Timeout = PageLimit });
        await page.ClickAsync(".console__screen");
        await page.Keyboard.TypeAsync("sudo install -m 755 /bin/true /usr/local/bin/made-here && made-here && echo did-$((40 + 2))");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".xterm-rows")).ToContainTextAsync("did-42", new() { Timeout = PageLimit });

        await page.ClickAsync(".tab[href$='/files']");
        await page.Locator("[data-file='index.html']").WaitForAsync();
        await page.Locator(".files [data-choice='files']").SetInputFilesAsync(
            new FilePayload { Name = "index.html", MimeType = "text/html", Buffer = "<h1>by a browser</h1>"u8.ToArray() });
        await page.GetByRole(AriaRole.Button, new() { Name = "Replace index.html" }).ClickAsync();
        await Expect(page.GetByText("Uploaded, 21 B")).ToBeVisibleAsync(new() { Timeout = PageLimit });
        await page.Locator(".tab").First.ClickAsync();
        await Expect(page.FrameLocator(".preview__page").Locator("h1")).ToHaveTextAsync("by a browser", new() { Timeout = PageLimit });

        await page.ClickAsync(".tab[href$='/settings']");
        await page.ClickAsync("#delete");
        await page.FillAsync("#delete-slug", "eve");
        await page.ClickAsync(".danger__form [type=submit]");
        await Expect(page.GetByText("“eve” was deleted")).ToBeVisibleAsync(new() { Timeout = MachineLimit });
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.GetAsync($"{install.SitesUrl}/eve/")).StatusCode);
        await install.AssertFsckCleanAsync();
    }
}
