using Microsoft.Playwright;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>
/// One person's way past every page and every state that a page can be in, in whatever language: nothing is found by its words.
/// The test plays the engine, so that each state stays until it was looked at.
/// </summary>
/// <param name="look">Called at each stop, with its name.</param>
public sealed class Tour(BrowserFixture browser, IPage page, Func<string, Task> look)
{
    private const string BootLine = "cloud-init[412]: Cloud-init v. 22.4.2 running 'modules:config' at Sat, 21 Nov 2026 20:41:07 +0000. Up 6.81 seconds.";

    /// <param name="others">Also where tours of their own lead: a hosting's pages, the account's, the administrators'.</param>
    public async Task WalkAsync(bool others)
    {
        await VisitAsync("/", "landing");
        await VisitAsync("/nowhere", "not-found");
        await SignInWronglyAsync();
        await RegisterWronglyAsync();
        var name = await browser.RegisterAsync(page);
        await look("dashboard-empty");
        await CreateAsync(name);
        await FillUpAsync(name);
        if (others)
        {
            await new HostingTour(browser, page, look).WalkAsync(name);
            await new AccountTour(browser, page, look).WalkAsync(name);
        }
        await FailAsync();
        await page.GotoAsync("/admin");
        await look("not-allowed");
        if (others)
            await AdministerAsync();
    }

    private async Task VisitAsync(string path, string name)
    {
        await page.GotoAsync(path);
        await look(name);
    }

    private async Task SignInWronglyAsync()
    {
        await VisitAsync("/login", "login");
        await page.FillAsync("#name", "ada");
        await page.FillAsync("#password", "wrong");
        await page.ClickAsync(".auth button[type=submit]");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await look("login-refused");
    }

    private async Task RegisterWronglyAsync()
    {
        await VisitAsync("/register", "register");
        await page.FillAsync("#email", "ada");
        await page.FillAsync("#username", "Ada!");
        await page.FillAsync("#password", "short");
        await page.ClickAsync(".auth button[type=submit]");
        await Expect(page.Locator("#password-problem .problem")).ToBeVisibleAsync();
        await look("register-errors");
    }

    private async Task CreateAsync(string name)
    {
        await page.ClickAsync(".empty .btn--primary");
        await page.ClickAsync(".keycard summary");
        await Expect(page.Locator(".key")).ToBeVisibleAsync();
        await look("create-key");
        await page.ClickAsync(".keycard__buttons [data-copy]");
        await page.ClickAsync(".keycard__buttons [data-sure]");
        var (engine, operation) = (browser.Portal.Engine, await browser.Portal.Engine.NewestOperationAsync(name));
        await engine.StartAsync(operation);
        foreach (var (step, seconds) in new[] { (StepName.AnnounceRoute, 0.3), (StepName.CreateDisk, 0.2), (StepName.WriteSeed, 0.1), (StepName.StartMachine, 1.4) })
        {
            await engine.FinishAsync(operation, step);
            await engine.TookAsync(operation, step, seconds);
        }

        await engine.BeginAsync(operation, StepName.AwaitReady);
        await engine.SayAsync(operation, BootLine);
        await engine.SayAsync(operation, "SSH answers.");
        await Expect(page.GetByText("Up 6.81 seconds")).ToBeVisibleAsync();
        await look("creating");
        await page.ClickAsync(".stage .thing__buttons .btn");
        await look("creating-sure");
        await page.ClickAsync(".stage .thing__sure .btn--quiet");
        await engine.FinishAsync(operation, StepName.AwaitReady);
        await engine.TookAsync(operation, StepName.AwaitReady, 11);
        await engine.CreateAsync(name);
        await Expect(page.Locator(".stage[data-operation=succeeded]")).ToBeVisibleAsync();
        await Expect(page.FrameLocator(".preview__page").Locator("h1")).ToHaveTextAsync(name);
        await look("created");
    }

    /// <summary>A larger plan, and hostings in several states.</summary>
    private async Task FillUpAsync(string name)
    {
        await browser.Portal.Database.ExecuteAsync(
            """
            insert into plans (name, memory_mb, vcpus, disk_gb, max_hostings) select 'studio', 2048, 2, 20, 6 where not exists (select from plans where name = 'studio');
            update users set plan_name = 'studio' where user_name = @name
            """, ("name", name));
        await page.ClickAsync(".stage .btn--plain");
        var engine = browser.Portal.Engine;
        foreach (var (suffix, status, health) in new[] { ("shop", "running", "no_http"), ("lab", "stopped", "unknown") })
        {
            await AddAsync($"{name}-{suffix}");
            await engine.CreateAsync($"{name}-{suffix}");
            await page.ClickAsync(".stage .btn--plain");
            await engine.SetAsync($"{name}-{suffix}", status, health);
            await Expect(page.Locator($"[data-hosting={name}-{suffix}][data-status={status}]")).ToBeVisibleAsync();
        }

        await look("dashboard");
        await page.ClickAsync(".board__head .btn--primary");
        await page.FillAsync("#hosting-name", "admin");
        await page.ClickAsync(".empty .btn--primary");
        await Expect(page.Locator(".empty [role=alert]")).ToBeVisibleAsync();
        await look("create-more");
    }

    private async Task AddAsync(string name)
    {
        await page.ClickAsync(".board__head .btn--primary");
        await page.FillAsync("#hosting-name", name);
        await BrowserFixture.AskForHostingAsync(page);
    }

    private async Task AdministerAsync()
    {
        await page.Context.ClearCookiesAsync(new() { NameRegex = new("Session") });
        var boss = await Person.AddAdminAsync(browser.Portal);
        await page.GotoAsync("/login?returnUrl=/admin");
        await page.FillAsync("#name", boss.Name);
        await page.FillAsync("#password", Person.Password);
        await page.ClickAsync(".auth button[type=submit]");
        await Expect(page.Locator(".meters")).ToBeVisibleAsync();
        await new DeskTour(browser, page, look).WalkAsync(boss);
        await new AttentionTour(browser, page, look).WalkAsync();
        await VisitAsync("/admin/audit", "audit");
    }

    private async Task FailAsync()
    {
        await page.Context.ClearCookiesAsync(new() { NameRegex = new("Session") });
        var name = await browser.RegisterAsync(page, "bo");
        await BrowserFixture.AskForHostingAsync(page);
        await browser.Portal.Engine.FailCreateAsync(name, "The machine could not be started. The host has no memory left for it.");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await look("create-failed");
    }
}
