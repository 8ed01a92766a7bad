using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Browser;

/// <summary>A portal and a Chromium to look at it with.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string Axe = Path.Combine(LiveInstall.Root(), "WebHoster.Tests", "node_modules", "axe-core", "axe.min.js");

    private IPlaywright? _playwright;
    private SitesStandIn? _sites;

    public PortalFixture Portal { get; private set; } = null!;

    /// <summary>Where customers' sites are.</summary>
    public string SitesUrl => $"http://localhost:{_sites!.Port}";

    /// <summary>Debian's package, or the one of Ubuntu, which brings a snap.</summary>
    public static string ChromiumPath { get; } = File.Exists("/usr/bin/chromium") ? "/usr/bin/chromium" : "/usr/bin/chromium-browser";

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>What the browser's console has said.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Said { get; } = new();

    public async Task InitializeAsync()
    {
        _sites = await SitesStandIn.StartAsync();
        Portal = new SitesPortalFixture(_sites);
        await Portal.InitializeAsync();
        Assertions.SetDefaultExpectTimeout(45_000); // a shared, busy machine is slow, not wrong
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ChromiumPath,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright?.Dispose();
        await Portal.DisposeAsync();
        await _sites!.DisposeAsync();
    }

    /// <summary>A window of its own: no cookie is shared.</summary>
    /// <param name="portal">Where the portal is reached, if not directly.</param>
    public async Task<IPage> OpenAsync(
        int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light, string language = "en-US", Uri? portal = null)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (portal ?? Portal.Url).ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            Locale = language,
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

    /// <summary>Registers by the page, as a person does, in whatever language; ends on the dashboard, live.</summary>
    public async Task<string> RegisterAsync(IPage page, string prefix = "ada")
    {
        var name = Person.NewName(prefix);
        await page.GotoAsync("/register");
        await page.FillAsync("#email", $"{name}@example.org");
        await page.FillAsync("#username", name);
        await page.FillAsync("#password", Person.Password);
        await page.ClickAsync(".auth button[type=submit]");
        await page.WaitForURLAsync("**/dashboard");
        await LiveAsync(page);
        return name;
    }

    /// <summary>On a page that offers one: asks for a hosting with a key of one's own, so that no private key has to be put away first.</summary>
    public static async Task AskForHostingAsync(IPage page)
    {
        await page.Locator(".empty summary").ClickAsync();
        await page.FillAsync("#public-key", TestKeys.Public);
        await page.ClickAsync(".empty .btn--primary");
        await Assertions.Expect(page.Locator(".stage[data-operation=queued]")).ToBeVisibleAsync();
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

    /// <summary>What axe-core finds wrong with the page, one line for each; and how far it scrolls sideways, which it must not.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(IPage page)
    {
        // What fades in has the contrast of its end when it is there.
        await page.EvaluateAsync(
            "Promise.all(document.getAnimations().filter(a => a.effect.getTiming().iterations !== Infinity).map(a => a.finished.catch(() => {})))");
        // Not a script element: the page's policy would not let it in.
        await page.EvaluateAsync(await File.ReadAllTextAsync(Axe));
        var faults = await page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { iframes: false })).violations
              .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary.replaceAll('\n', ' ')}`))
            """);
        var sideways = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        return sideways > 0 ? [.. faults, $"scrolls {sideways} px sideways"] : faults;
    }

    public static async Task ShootAsync(IPage page, string file)
    {
        await page.Mouse.MoveAsync(0, 0);
        // A frame that was never in sight is not painted; and the bar sticks to the top of what is.
        foreach (var frame in await page.Locator("iframe").AllAsync())
            await frame.ScrollIntoViewIfNeededAsync();
        await page.EvaluateAsync("scrollTo(0, 0)");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = file, FullPage = true, Animations = ScreenshotAnimations.Disabled });
    }
}
