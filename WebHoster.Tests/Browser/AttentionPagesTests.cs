using Microsoft.Playwright;
using WebHoster.Tests.Alerts;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>Drift and alerts as an administrator uses them; the worker is played on another connection, what is sent arrives at a real server.</summary>
[Trait("Category", "Browser")]
public sealed class AttentionPagesTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private PlayedWorker Worker => new(browser.Portal.Database);

    public Task InitializeAsync() => browser.Portal.Database.ExecuteAsync(
        "truncate drift_findings, drift_runs, drift_repairs, alerts, alert_targets, alert_deliveries cascade");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task AFindingComesIsRepairedAndBecomesHistoryWithoutReloading()
    {
        await Worker.LookAsync();
        var (page, admin) = await AdminWindow.OpenAsync(browser, "/admin/drift");
        await Expect(page.Locator("[data-drift=clean]")).ToContainTextAsync("Nothing differs.");
        await page.EvaluateAsync("window.sameDocument = true");
        await Worker.FindDriftAsync("disk-missing", "bob", "The machine's disk is gone, and what was on it.", "Rebuild or delete the hosting: --repair cannot bring it back.", false);
        var seed = await Worker.FindDriftAsync("seed-missing", "bob", "The machine's first settings are gone.", "Write them again: fsck --repair.", true);
        await Expect(page.Locator("[data-finding=disk-missing]")).ToContainTextAsync("for you to decide");
        await Button(page, "Repair seed-missing of bob").ClickAsync();
        await Expect(page.Locator("[data-finding=seed-missing]")).ToContainTextAsync("Being repaired");
        Assert.Equal("waiting", await browser.Portal.Database.ScalarAsync<string>("select status from drift_repairs where finding_id = @id", ("id", seed)));
        await Worker.RepairAsync(seed);
        await Expect(page.Locator("section[aria-label=History] [data-finding=seed-missing]")).ToContainTextAsync("Repaired");
        await page.Locator("section[aria-label=History] summary").ClickAsync();
        await Expect(page.Locator("section[aria-label=History] .repairs")).ToContainTextAsync(admin.Name);

        await Button(page, "Look now").ClickAsync();
        await Expect(Button(page, "Looking…")).ToBeDisabledAsync();
        await browser.Portal.Database.ExecuteAsync("update drift_runs set started_at = now(), finished_at = now(), worker = 'host:1', error = 'virsh gave no answer within 30 s.' where finished_at is null");
        await Expect(page.Locator("[data-drift=blind]")).ToContainTextAsync("virsh gave no answer");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
    }

    [Fact]
    public async Task AWebhookIsAddedTestedToldAndRemoved()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/alerts");
        await Button(page, "Add the target").ClickAsync();
        await Expect(page.Locator("#target-name-problem")).ToContainTextAsync("A name is needed");
        await page.GetByLabel("Name").FillAsync("on-call");
        await page.GetByLabel("URL").FillAsync("http://10.0.0.1/hook");
        await Button(page, "Add the target").ClickAsync();
        await Expect(page.Locator("#target-address-problem")).ToContainTextAsync("do not go to private");
        await page.GetByLabel("URL").FillAsync(receiver.Url);
        await Button(page, "Add the target").ClickAsync();
        var secret = await page.Locator("#target-secret").InnerTextAsync();
        Assert.StartsWith("whsec_", secret);
        await Button(page, "I have saved it").ClickAsync();
        await Expect(page.GetByText(secret)).ToHaveCountAsync(0);

        await Button(page, "Test “on-call”").ClickAsync();
        await Expect(page.Locator("[data-delivery=test]")).ToContainTextAsync("Delivered");
        Assert.Single(receiver.Received, r => r.Event == "alert.test");
        await Expect(page.Locator("[data-target=on-call]")).ToContainTextAsync("Works");

        // What is wrong is found, shown and told by the portal itself.
        await Worker.FindDriftAsync("disk-missing", "eve", "The machine's disk is gone, and what was on it.", "Rebuild or delete the hosting: --repair cannot bring it back.", false);
        await Expect(page.Locator("[data-alert=drift_found]")).ToContainTextAsync("disk-missing of eve");
        await Expect(Told(page, "opened")).ToContainTextAsync("Delivered");
        await browser.Portal.Database.ExecuteAsync("update drift_findings set ended_at = now(), ended = 'passed' where subject = 'eve'");
        await Expect(Told(page, "resolved")).ToContainTextAsync("Delivered");
        Assert.Equal(["alert.opened", "alert.resolved"], receiver.Received.Where(r => r.Event != "alert.test" && r.Json.GetProperty("alert").Text("kind") == "drift_found").Select(r => r.Event));

        await Button(page, "Pause “on-call”").ClickAsync();
        await Expect(Button(page, "Test “on-call”")).ToBeDisabledAsync();
        await Button(page, "Remove “on-call”").ClickAsync();
        await Button(page, "Remove").Last.ClickAsync();
        await Expect(page.Locator("[data-target=on-call]")).ToHaveCountAsync(0);
        await Expect(page.Locator("[data-delivery=test]")).ToContainTextAsync("on-call");
    }

    [Fact]
    public async Task AnAlertThatIsPutAsideStaysAside()
    {
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/alerts");
        await Worker.FindDriftAsync("file-foreign", "notes.txt", "Not a machine's folder.", "Move it out of the machines folder.", false);
        var alert = page.Locator("section[aria-label='Needs attention'] [data-subject=file-foreign]");
        await alert.GetByRole(AriaRole.Button, new() { Name = "Put aside" }).ClickAsync();
        await Expect(page.Locator("section[aria-label=Over] [data-subject=file-foreign]")).ToContainTextAsync("put aside");
        // Another one that the scan finds later shows that it has been round since.
        await Worker.FindDriftAsync("machine-foreign", "a-domain", "The domain a-domain is not this install's.", "Rename that domain: it is left alone.", false);
        await Expect(page.Locator("section[aria-label='Needs attention'] [data-subject=machine-foreign]")).ToBeVisibleAsync();
        await Expect(alert).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task AWorkerThatIsGoneIsAnAlertUntilItIsBack()
    {
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/alerts");
        await page.EvaluateAsync("window.sameDocument = true");
        // Its last heartbeat: from now on it is silent.
        await Worker.BeatAsync("lost:1");
        var alert = page.Locator("section[aria-label='Needs attention'] [data-alert=worker_gone]").Filter(new() { HasText = "lost:1" });
        await Expect(alert).ToContainTextAsync("The worker lost:1 has gone without a word.", new() { Timeout = 40_000 });
        using var end = new CancellationTokenSource();
        var life = Worker.LiveAsync("lost:1", end.Token);
        await Expect(alert).ToHaveCountAsync(0, new() { Timeout = 20_000 });
        await Expect(page.Locator("section[aria-label=Over] [data-alert=worker_gone]").Filter(new() { HasText = "lost:1" }).First).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        await end.CancelAsync();
        await life;
    }

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>What another test did to the host is told at any time, too.</summary>
    private static ILocator Told(IPage page, string what) =>
        page.Locator($"[data-delivery={what}]").Filter(new LocatorFilterOptions { HasText = "disk-missing of eve" });
}
