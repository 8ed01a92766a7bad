using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>Console and files as a person uses them: real portal, real socket, OpenSSH's SFTP server; the machine is played.</summary>
[Trait("Category", "Browser")]
public sealed class PanelTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private StreamHost _host = null!;

    public async Task InitializeAsync() => _host = await StreamHost.StartAsync(browser.Portal.Database, browser.Portal.DataFolder);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task TheConsoleIsWorkedOnAndOutlivesItsConnection()
    {
        var page = await browser.OpenAsync();
        var id = await CreateAsync(page);
        _host.Guest.Log = "Debian GNU/Linux 12 bob ttyS0\r\n\r\nbob login: ubuntu (automatic login)\r\n\r\nubuntu@bob:~$ ";
        _host.Guest.Start();
        await page.GotoAsync($"/hostings/{id}/console");
        await Expect(page.Locator("wh-console")).ToHaveAttributeAsync("data-state", "connected");
        var line = await _host.Guest.LineAsync();
        await Expect(page.Locator(".xterm-rows")).ToContainTextAsync("automatic login");
        await page.Locator(".console__screen").ClickAsync();
        await page.Keyboard.TypeAsync("uptime");
        await page.Keyboard.PressAsync("Enter");
        Assert.EndsWith("uptime\r", await TestGuest.HearAsync(line, "\r"));
        await TestGuest.SayAsync(line, "uptime\r\n \x1b[32mup 3 minutes\x1b[0m\r\nubuntu@bob:~$ ");
        await Expect(page.Locator(".xterm-rows")).ToContainTextAsync("up 3 minutes");
        Assert.Matches(@"^\d{2,3}x\d{2}$", await _host.Guest.SizeAsync());
        // Not a row below the edge, nor a second scrollbar.
        Assert.True(await page.Locator(".console__screen").EvaluateAsync<bool>(
            "e => { const all = e.getBoundingClientRect(), rows = e.querySelector('.xterm-screen').getBoundingClientRect(); return rows.height > 0 && rows.bottom <= all.bottom && rows.right <= all.right && e.scrollHeight <= e.clientHeight; }"));
        await ShootEverywhereAsync(page, "console");

        _host.Guest.Stop(line);
        await Expect(page.GetByText("The machine does not run")).ToBeVisibleAsync();
        _host.Guest.Log = "second boot\r\n";
        _host.Guest.Start();
        await Expect(page.Locator(".xterm-rows")).ToContainTextAsync("second boot");
        await _host.StopAsync();
        await Expect(page.Locator("wh-console")).ToHaveAttributeAsync("data-state", "away");
        await _host.DisposeAsync();
        await InitializeAsync(); // another worker
        _host.Guest.Log = "third boot\r\n";
        _host.Guest.Start();
        await Expect(page.Locator(".xterm-rows")).ToContainTextAsync("third boot");
        await Expect(page.Locator("wh-console")).ToHaveAttributeAsync("data-state", "connected");
    }

    [Fact]
    public async Task FilesAreUploadedEditedRenamedAndDeleted()
    {
        var page = await browser.OpenAsync();
        var id = await CreateAsync(page);
        var root = _host.Guest.WebRoot;
        await File.WriteAllTextAsync(Path.Combine(root, "index.html"), "<h1>one</h1>\n");
        Directory.CreateDirectory(Path.Combine(root, "images"));
        await page.GotoAsync($"/hostings/{id}/files");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "images", Exact = true })).ToBeVisibleAsync();

        var big = new byte[20 << 20];
        Random.Shared.NextBytes(big);
        await page.Locator("[data-choice=files]").SetInputFilesAsync(
            new FilePayload[] { new() { Name = "photo.jpg", MimeType = "image/jpeg", Buffer = big }, new() { Name = "index.html", MimeType = "text/html", Buffer = "two"u8.ToArray() } });
        await Expect(page.GetByText("Uploaded, 20 MB")).ToBeVisibleAsync();
        Assert.Equal(big, await File.ReadAllBytesAsync(Path.Combine(root, "photo.jpg")));
        await Expect(page.GetByText("There is already something with this name")).ToBeVisibleAsync();
        await ShootEverywhereAsync(page, "files");
        await page.GetByRole(AriaRole.Button, new() { Name = "Replace index.html" }).ClickAsync();
        await Expect(page.GetByText("Uploaded, 3 B")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Edit index.html" }).ClickAsync();
        var area = page.GetByRole(AriaRole.Textbox, new() { Name = "index.html" });
        await Expect(area).ToHaveValueAsync("two");
        await area.PressAsync("End");
        await area.PressAsync("Tab");
        await area.PressSequentiallyAsync("three");
        await area.PressAsync("Control+s");
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        Assert.Equal("two\tthree", await File.ReadAllTextAsync(Path.Combine(root, "index.html")));
        await ShootEverywhereAsync(page, "files-editor");
        await File.WriteAllTextAsync(Path.Combine(root, "index.html"), "changed by hand");
        await area.PressSequentiallyAsync("!");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByText("changed by somebody else")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Overwrite it" }).ClickAsync();
        await Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Rename photo.jpg" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "New name of photo.jpg" }).FillAsync("sunset.jpg");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "sunset.jpg", Exact = true })).ToBeVisibleAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download sunset.jpg" }).ClickAsync());
        Assert.Equal(big, await File.ReadAllBytesAsync(await download.PathAsync()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete images" }).ClickAsync();
        await ShootEverywhereAsync(page, "files-delete");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "images", Exact = true })).ToBeHiddenAsync();
        // The question takes the name's place at once.
        await Eventually.TrueAsync(() => !Directory.Exists(Path.Combine(root, "images")));
    }

    private async Task<string> CreateAsync(IPage page)
    {
        var name = await browser.RegisterAsync(page);
        var http = Person.Stranger(browser.Portal);
        var token = await (await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(http, "auth/login", new { username = name, password = Person.Password })).JsonAsync();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token.Text("access_token"));
        var made = await (await new Person(name, http).CreateHostingAsync()).DataAsync();
        await browser.Portal.Engine.CreateAsync(name);
        return made.Text("id");
    }

    /// <summary>On a desk and a phone, in both themes: axe-core finds nothing, nothing scrolls sideways, and a picture is kept.</summary>
    private static async Task ShootEverywhereAsync(IPage page, string name)
    {
        var faults = new List<string>();
        foreach (var (width, height) in new[] { (1280, 860), (360, 740) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                var picture = $"{name}-{(width < 500 ? "phone" : "desk")}-{scheme.ToString().ToLowerInvariant()}";
                await BrowserFixture.ShootAsync(page, Path.Combine(LiveInstall.Root(), "artifacts", "panels", $"{picture}.png"));
                faults.AddRange((await BrowserFixture.FaultsAsync(page)).Select(f => $"{picture}: {f}"));
            }
        }
        await page.SetViewportSizeAsync(1280, 860);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
