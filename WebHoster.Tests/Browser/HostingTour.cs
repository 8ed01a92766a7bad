using Microsoft.Playwright;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>A person's way past the pages of one hosting, of keys and of tokens, for whoever is signed in on the page.</summary>
/// <param name="look">Called at each stop, with its name.</param>
public sealed class HostingTour(BrowserFixture browser, IPage page, Func<string, Task> look)
{
    public async Task WalkAsync(string slug)
    {
        var (database, engine) = (browser.Portal.Database, browser.Portal.Engine);
        var id = await database.ScalarAsync<Guid>("select id from hostings where slug = @slug", ("slug", slug));
        await new SeededHosting(browser).FillAsync(id);
        await VisitAsync($"/hostings/{id}", "hosting");
        await VisitAsync($"/hostings/{id}/metrics", "hosting-metrics");
        await page.ClickAsync(".segment:nth-child(2)");
        await page.ClickAsync("[data-chart=network] summary");
        await Expect(page.Locator("[data-chart=network] tbody tr").First).ToBeVisibleAsync();
        await look("hosting-metrics-day");
        await InsideAsync(id, slug);

        await page.GotoAsync($"/hostings/{id}");
        await browser.LiveAsync(page);
        await page.ClickAsync(".power > :nth-child(2) .btn");
        await page.Locator(".power [data-sure]").WaitForAsync();
        await look("hosting-restart-sure");
        await page.ClickAsync(".power [data-sure]");
        await Expect(page.Locator(".strip")).ToBeVisibleAsync();
        var operation = await engine.NewestOperationAsync(slug);
        await engine.StartAsync(operation);
        await engine.BeginAsync(operation, StepName.ShutDownMachine);
        await Expect(page.Locator(".strip .muted").First).Not.ToBeEmptyAsync();
        await look("hosting-restarting");
        await engine.SayAsync(operation, "SSH answers.");
        await engine.SetAsync(slug, "running", "healthy");
        await engine.FinishAsync(operation, StepName.ShutDownMachine);
        await engine.FinishAsync(operation, StepName.StartMachine, "failed");
        await engine.FailAsync(operation, "The machine could not be started. The host has no memory left for it.");
        await Expect(page.Locator(".note--bad")).ToBeVisibleAsync();
        await look("hosting-failed");
        await VisitAsync($"/hostings/{id}/activity", "hosting-activity");
        await page.ClickAsync(".activity__toggle");
        await Expect(page.Locator(".activity .step").First).ToBeVisibleAsync();
        await look("hosting-activity-open");

        await VisitAsync("/activity", "activity");
        await VisitAsync($"/hostings/{id}/keys", "hosting-keys");
        await VisitAsync($"/hostings/{id}/settings", "hosting-settings");
        await page.ClickAsync("#delete");
        await look("hosting-settings-delete");
        await KeysAndTokensAsync();
    }

    /// <summary>Console and files, of a machine that is played.</summary>
    private async Task InsideAsync(Guid id, string slug)
    {
        await using var host = await StreamHost.StartAsync(browser.Portal.Database, browser.Portal.DataFolder);
        host.Guest.Log = $"Debian GNU/Linux 12 {slug} ttyS0\r\n\r\n{slug} login: ubuntu (automatic login)\r\n\r\nubuntu@{slug}:~$ ";
        host.Guest.Start();
        await page.GotoAsync($"/hostings/{id}/console");
        await Expect(page.Locator("wh-console")).ToHaveAttributeAsync("data-state", "connected");
        await Expect(page.Locator(".xterm-rows")).ToContainTextAsync("automatic login");
        await look("hosting-console");

        Directory.CreateDirectory(Path.Combine(host.Guest.WebRoot, "images"));
        await File.WriteAllTextAsync(Path.Combine(host.Guest.WebRoot, "index.html"), "<!doctype html>\n<title>Bread</title>\n<h1>Bread, every morning</h1>\n");
        await page.GotoAsync($"/hostings/{id}/files");
        var file = page.Locator("[data-file='index.html'] .files__name button");
        await Expect(file).ToBeVisibleAsync();
        await look("hosting-files");
        await file.ClickAsync();
        await Expect(page.Locator(".editor textarea")).Not.ToHaveValueAsync("");
        await look("hosting-files-editor");
    }

    private async Task KeysAndTokensAsync()
    {
        await page.GotoAsync("/ssh-keys");
        await browser.LiveAsync(page);
        await page.FillAsync("#key-line", "not a key");
        await page.ClickAsync(".keyform .btn--primary");
        await Expect(page.Locator("#key-name-problem")).Not.ToBeEmptyAsync();
        await look("ssh-keys-errors");
        await page.FillAsync("#key-name", "laptop");
        await page.FillAsync("#key-line", TestKeys.OtherPair.PublicKey);
        await page.ClickAsync(".keyform .btn--primary");
        await Expect(page.Locator("[data-pending]")).ToBeVisibleAsync();
        await look("ssh-keys");

        await VisitAsync("/tokens", "tokens-empty");
        await page.FillAsync("#token-name", "deploy");
        await page.ClickAsync(".keyform .btn--primary");
        await Expect(page.Locator("#new-token")).ToBeVisibleAsync();
        await look("tokens-new");
    }

    private async Task VisitAsync(string path, string name)
    {
        await page.GotoAsync(path);
        await browser.LiveAsync(page);
        await look(name);
    }
}
