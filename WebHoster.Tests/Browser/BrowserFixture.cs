using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Browser;

/// <summary>A portal and a Chromium to look at it with. Screenshots go to artifacts/screenshots.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright? _playwright;

    public PortalFixture Portal { get; } = new QuickPortalFixture();

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>What the browser's console has said.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Said { get; } = new();

    public async Task InitializeAsync()
    {
        await Portal.InitializeAsync();
        Assertions.SetDefaultExpectTimeout(45_000); // a shared, busy machine is slow, not wrong
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright?.Dispose();
        await Portal.DisposeAsync();
    }

    /// <summary>A window of its own: no cookie is shared.</summary>
    public async Task<IPage> OpenAsync(int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Portal.Url.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            Permissions = ["clipboard-read", "clipboard-write"],
            AcceptDownloads = true,
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(45_000);
        page.Console += (_, line) => Said.Enqueue($"{line.Type}: {line.Text}");
        page.PageError += (_, error) => Said.Enqueue($"error: {error}");
        page.RequestFailed += (_, request) => Said.Enqueue($"failed: {request.Url} {request.Failure}");
        return page;
    }

    /// <summary>Registers by the page, as a person does; ends on the dashboard, live.</summary>
    public async Task<string> RegisterAsync(IPage page, string prefix = "ada")
    {
        var name = Person.NewName(prefix);
        await page.GotoAsync("/register");
        await page.GetByLabel("Email").FillAsync($"{name}@example.org");
        await page.GetByLabel("Username").FillAsync(name);
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(Person.Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create account" }).ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await LiveAsync(page);
        return name;
    }

    public async Task LiveAsync(IPage page)
    {
        try
        {
            await page.Locator(".board[data-live=true]").WaitForAsync();
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The page did not come alive.\n{string.Join('\n', Said)}\n{Portal.Output}", e);
        }
    }

    public static async Task ShootAsync(IPage page, string name)
    {
        var folder = Path.Combine(RepositoryRoot(), "artifacts", "screenshots");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WebHoster.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }
}
