using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>A folder's list while others change it, and what is made in it; the machine is played.</summary>
[Trait("Category", "Browser")]
public sealed class FolderTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private StreamHost _host = null!;

    private string WebRoot => _host.Guest.WebRoot;

    public async Task InitializeAsync() => _host = await StreamHost.StartAsync(browser.Portal.Database, browser.Portal.DataFolder);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task TheListFollowsWhatOthersDoAndLeavesAFolderThatIsGone()
    {
        var folder = Directory.CreateDirectory(Path.Combine(WebRoot, "images", "2026")).FullName;
        var page = await OpenAsync();
        await Button(page, "images").ClickAsync();
        await Button(page, "2026").ClickAsync();
        await Expect(page.GetByText("This folder is empty")).ToBeVisibleAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "one.jpg"), "1");
        await Button(page, "Refresh the list").ClickAsync();
        await Expect(Button(page, "one.jpg")).ToBeVisibleAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "two.jpg"), "2");
        await page.EvaluateAsync("dispatchEvent(new Event('focus'))");
        await Expect(Button(page, "two.jpg")).ToBeVisibleAsync();

        Directory.Delete(Path.Combine(WebRoot, "images"), recursive: true);
        await Button(page, "Refresh the list").ClickAsync();
        await Expect(page.GetByText("There is no “2026” any more.")).ToBeVisibleAsync();
        await Expect(page.Locator(".crumbs [aria-current]")).ToHaveTextAsync("/var/www/html");
        await Button(page, "New folder").ClickAsync();
        var name = page.GetByRole(AriaRole.Textbox, new() { Name = "Name of the new folder" });
        await Expect(name).ToBeFocusedAsync();
        await name.FillAsync("pictures");
        await name.PressAsync("Enter");
        await Expect(Button(page, "pictures")).ToBeFocusedAsync();
        Assert.True(Directory.Exists(Path.Combine(WebRoot, "pictures")));
    }

    [Fact]
    public async Task WhatIsTypedOutlivesAnUploadAndARefusal()
    {
        await File.WriteAllTextAsync(Path.Combine(WebRoot, "index.html"), "one");
        var page = await OpenAsync();
        await Button(page, "New file").ClickAsync();
        var name = page.GetByRole(AriaRole.Textbox, new() { Name = "Name of the new file" });
        await name.FillAsync("index.html");
        await page.Locator("[data-choice=files]").SetInputFilesAsync(new FilePayload { Name = "photo.jpg", MimeType = "image/jpeg", Buffer = [1] });
        await Expect(Button(page, "photo.jpg")).ToBeVisibleAsync();
        await name.PressAsync("Enter");
        await Expect(page.GetByText("There is already something named “index.html”.")).ToBeVisibleAsync();
        await Expect(name).ToHaveValueAsync("index.html");
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(WebRoot, "index.html")));
        await name.FillAsync("about.html");
        await name.PressAsync("Enter");
        var area = page.GetByRole(AriaRole.Textbox, new() { Name = "about.html" });
        await Expect(area).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("new");
        await page.Keyboard.PressAsync("Control+s");
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(WebRoot, "about.html")));
        await Button(page, "Close").ClickAsync();
        await Expect(Button(page, "about.html")).ToBeFocusedAsync();

        await Button(page, "Rename about.html").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "New name of about.html" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("contact.html");
        await page.Keyboard.PressAsync("Enter");
        await Expect(Button(page, "contact.html")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task AnEditorWhoseLineIsLostSaysSoAndGoesOn()
    {
        await File.WriteAllTextAsync(Path.Combine(WebRoot, "index.html"), "one");
        var page = await OpenAsync();
        await page.RouteAsync("**/content?*", route => route.AbortAsync());
        await Button(page, "index.html").ClickAsync();
        await Expect(page.GetByText("The connection was lost. Try again.")).ToBeVisibleAsync();
        await page.UnrouteAllAsync();
        await Button(page, "Try again").ClickAsync();
        var area = page.GetByRole(AriaRole.Textbox, new() { Name = "index.html" });
        await Expect(area).ToHaveValueAsync("one");

        // The text arrives, and the answer to it does not.
        await page.RouteAsync("**/content?*", async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync();
        });
        await area.FillAsync("two, as is told by its length");
        await Button(page, "Save").ClickAsync();
        await Expect(page.GetByText("The connection was lost. Try again.")).ToBeVisibleAsync();
        Assert.StartsWith("two", await File.ReadAllTextAsync(Path.Combine(WebRoot, "index.html")));
        await page.UnrouteAllAsync();
        await Button(page, "Save").ClickAsync();
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
    }

    private async Task<IPage> OpenAsync() => (await new SeededHosting(browser).OpenAsync("files")).Page;

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
