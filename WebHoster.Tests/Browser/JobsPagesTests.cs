using Microsoft.Playwright;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>The jobs' dashboard as an administrator uses it; what workers do is written by other connections, or by the real engine.</summary>
[Trait("Category", "Browser")]
public sealed class JobsPagesTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private PlayedWorker Worker => new(browser.Portal.Database);

    [Fact]
    public async Task EveryNumberFollowsWhatAnotherProcessWrites()
    {
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/jobs");
        await page.EvaluateAsync("window.sameDocument = true");
        var (failed, done, queued) = (await CountAsync(page, "failed"), await CountAsync(page, "succeeded"), await CountAsync(page, "queued"));
        await Worker.AddOperationsAsync("failed", 3);
        await Worker.AddOperationsAsync("succeeded", 5);
        await Worker.AddOperationsAsync("queued", 2);
        await Expect(Tile(page, "failed")).ToHaveTextAsync($"{failed + 3}");
        await Expect(Tile(page, "succeeded")).ToHaveTextAsync($"{done + 5}");
        await Expect(Tile(page, "queued")).ToHaveTextAsync($"{queued + 2}");
        await Expect(page.Locator("[data-chart=operations] .chart__now").First).ToHaveTextAsync($"{done + 5}");
        await Expect(page.Locator("[data-chart=operations] .chart__now").Nth(1)).ToHaveTextAsync($"{failed + 3}");
        await browser.Portal.Database.ExecuteAsync("update operations set status = 'cancelled', finished_at = now() where status = 'queued' and slug like 'shop-%'");
        await Expect(Tile(page, "queued")).ToHaveTextAsync($"{queued}");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));

        var (running, cancelled, scheduled) = (await CountAsync(page, "running"), await CountAsync(page, "cancelled"), await CountAsync(page, "scheduled"));
        await Worker.AddOperationsAsync("running", 2);
        await Worker.AddOperationsAsync("cancelled", 3);
        await Expect(Tile(page, "running")).ToHaveTextAsync($"{running + 2}");
        await Expect(Tile(page, "cancelled")).ToHaveTextAsync($"{cancelled + 3}");
        var person = await Person.AddAsync(browser.Portal, "late");
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        // As the engine puts off: with a line of the operation's log.
        var create = await browser.Portal.Engine.NewestOperationAsync(person.Name);
        await browser.Portal.Database.ExecuteAsync("update hostings set next_attempt_at = now() + interval '1 hour' where slug = @slug", ("slug", person.Name));
        await browser.Portal.Engine.SayAsync(create, "It is tried again later");
        await Expect(Tile(page, "scheduled")).ToHaveTextAsync($"{scheduled + 1}");
        await browser.Portal.Database.ExecuteAsync("update hostings set next_attempt_at = null where slug = @slug", ("slug", person.Name));
        await browser.Portal.Engine.SayAsync(create, "It is tried again");
        await Expect(Tile(page, "scheduled")).ToHaveTextAsync($"{scheduled}");
        var runs = page.Locator("[data-chart=jobs] .chart__now");
        var (good, bad) = (int.Parse(await runs.First.InnerTextAsync()), int.Parse(await runs.Nth(1).InnerTextAsync()));
        await browser.Portal.Database.ExecuteAsync(
            """
            insert into job_runs (job, worker, started_at, finished_at, outcome)
            select 'check-health', 'host:1', now(), now(), case when n = 1 then 'failed' else 'succeeded' end from generate_series(1, 5) n
            """);
        await Expect(runs.First).ToHaveTextAsync($"{good + 4}");
        await Expect(runs.Nth(1)).ToHaveTextAsync($"{bad + 1}");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
    }

    [Fact]
    public async Task AWorkerThatFallsSilentIsGoneWithinSeconds()
    {
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/jobs");
        using var end = new CancellationTokenSource();
        var life = Worker.LiveAsync("silent:1", end.Token);
        var row = page.Locator("[data-worker='silent:1']");
        await Expect(row).ToHaveAttributeAsync("data-worker-state", "alive");
        await Expect(row).ToContainTextAsync("2 of 4 busy");
        await end.CancelAsync();
        await life;
        await Expect(row).ToHaveAttributeAsync("data-worker-state", "gone", new() { Timeout = 15_000 });
        await Worker.BeatAsync("silent:1");
        await Expect(row).ToHaveAttributeAsync("data-worker-state", "alive");
    }

    [Fact]
    public async Task WhatFailedIsReadTriedAgainAndCalledOffFromItsPage()
    {
        var person = await Person.AddAsync(browser.Portal, "ada");
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        var engine = browser.Portal.Engine;
        await engine.CreateAsync(person.Name);
        (await person.Http.PostAsync("host/my/stop", null)).EnsureSuccessStatusCode();
        var stop = await engine.NewestOperationAsync(person.Name);
        await engine.StartAsync(stop);
        await engine.FinishAsync(stop, StepName.ShutDownMachine, "failed");
        await engine.SayAsync(stop, "The power button was pressed");
        await engine.SetAsync(person.Name, "failed");
        await engine.FailAsync(stop, "The machine did not stop.");
        await browser.Portal.Database.ExecuteAsync("update operations set error_detail = 'virsh shutdown: exit code 1' where id = @id", ("id", stop));

        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/jobs/failed");
        var row = page.Locator($"[data-operation-id='{stop}']");
        await Expect(row).ToContainTextAsync("The machine did not stop.");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await browser.LiveAsync(page);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync($"Stop of {person.Name}");
        await Expect(page.GetByText("The power button was pressed")).ToBeVisibleAsync();
        await Expect(page.Locator($"[data-step={StepName.ShutDownMachine}]")).ToContainTextAsync("failed");
        await page.GetByText("What the program said").ClickAsync();
        await Expect(page.GetByText("virsh shutdown: exit code 1")).ToBeVisibleAsync();

        await Button(page, "Try again").ClickAsync();
        await Expect(page.Locator(".board[data-live=true] [data-operation=queued]")).ToBeVisibleAsync();
        var again = await engine.NewestOperationAsync(person.Name);
        Assert.NotEqual(stop, again);
        Assert.EndsWith($"/admin/operations/{again}", page.Url);
        await engine.StartAsync(again);
        await Expect(page.Locator("[data-operation=running]")).ToBeVisibleAsync();
        await Button(page, "Call off").ClickAsync();
        await page.Locator(".thing__sure").GetByRole(AriaRole.Button, new() { Name = "Call off" }).ClickAsync();
        await Expect(page.Locator("[data-operation=cancelled]")).ToBeVisibleAsync();
        Assert.Equal(1, await browser.Portal.Database.ScalarAsync<long>("select count(*) from audit_entries where action = 'operation.cancel' and subject = @s", ("s", $"stop {person.Name}")));
    }

    [Fact]
    public async Task ACreateThatFailedIsTriedAgainFromItsPage()
    {
        var person = await Person.AddAsync(browser.Portal, "eli");
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        var engine = browser.Portal.Engine;
        var failed = await engine.NewestOperationAsync(person.Name);
        await engine.FailCreateAsync(person.Name, "The machine could not be started.");

        var (page, _) = await AdminWindow.OpenAsync(browser, $"/admin/operations/{failed}");
        await Expect(page.GetByText("The machine could not be started.").First).ToBeVisibleAsync();
        await Button(page, "Try again").ClickAsync();
        await Expect(page.Locator(".board[data-live=true] [data-operation=queued]")).ToBeVisibleAsync();
        var again = await engine.NewestOperationAsync(person.Name);
        Assert.NotEqual(failed, again);
        Assert.EndsWith($"/admin/operations/{again}", page.Url);
        Assert.Equal("creating", await browser.Portal.Database.ScalarAsync<string>("select status from hostings where slug = @s", ("s", person.Name)));
    }

    [Fact]
    public async Task SeveralAreChosenAndToldAtOnceAndWhatWaitsIsTriedNow()
    {
        var people = new[] { await Person.AddAsync(browser.Portal, "bo"), await Person.AddAsync(browser.Portal, "bo") };
        foreach (var person in people)
            (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await browser.Portal.Database.ExecuteAsync(
            "update hostings set next_attempt_at = now() + interval '1 hour', attempts = 3 where slug = any(@slugs)", ("slugs", people.Select(p => p.Name).ToArray()));
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/jobs/scheduled");
        await Expect(page.Locator(".activity__item")).ToHaveCountAsync(2);
        await Expect(page.Locator(".activity__item").First).ToContainTextAsync("3 tries failed");
        await page.GetByLabel($"Choose Creation of {people[0].Name}").CheckAsync();
        await Button(page, "Try 1 now").ClickAsync();
        await Expect(page.Locator(".activity__item")).ToHaveCountAsync(1);
        await page.GetByText("Choose all on this page").ClickAsync();
        await Button(page, "Call 1 off").ClickAsync();
        await page.Locator(".thing__sure").GetByRole(AriaRole.Button, new() { Name = "Call 1 off" }).ClickAsync();
        await Expect(page.GetByText("1 operation was told.")).ToBeVisibleAsync();
        await Expect(page.GetByText("None.")).ToBeVisibleAsync();
        Assert.Equal("deleting", await browser.Portal.Database.ScalarAsync<string>("select status from hostings where slug = @s", ("s", people[1].Name)));
    }

    [Fact]
    public async Task ARecurringJobIsHeldRunOutOfTurnAndLetGoOn()
    {
        await using var engine = await EngineHost.StartAsync(browser.Portal.Database);
        var (page, _) = await AdminWindow.OpenAsync(browser, "/admin/jobs");
        var job = page.Locator("[data-job=check-health]");
        await Expect(job.Locator("[data-outcome=succeeded]")).ToBeVisibleAsync();
        await Button(page, "Pause check-health").ClickAsync();
        await Expect(job).ToHaveAttributeAsync("data-paused", "true");
        await Eventually.TrueAsync(async () => await StateAsync() == "PAUSED");
        await Button(page, "Runs of check-health").ClickAsync();
        var runs = await job.Locator(".run").CountAsync();
        await Button(page, "Run check-health now").ClickAsync();
        await Expect(job.Locator(".run")).ToHaveCountAsync(runs + 1);
        await Button(page, "Resume check-health").ClickAsync();
        await Expect(job).ToHaveAttributeAsync("data-paused", "false");
        await Eventually.TrueAsync(async () => await StateAsync() != "PAUSED");

        Task<string?> StateAsync() => browser.Portal.Database.ScalarAsync<string>("select trigger_state from qrtz_triggers where job_name = 'check-health'");
    }

    [Fact]
    public async Task OthersAreNotLetInAndWhatIsNotThereIsNot()
    {
        var page = await browser.OpenAsync();
        await browser.RegisterAsync(page);
        foreach (var path in new[] { "/admin/jobs", "/admin/drift", "/admin/alerts", $"/admin/operations/{Guid.NewGuid()}" })
            Assert.Equal(403, (await page.GotoAsync(path))!.Status);
        var (admins, _) = await AdminWindow.OpenAsync(browser, "/admin/jobs");
        Assert.Equal(404, (await admins.GotoAsync($"/admin/operations/{Guid.NewGuid()}"))!.Status);
        Assert.Equal(404, (await admins.GotoAsync("/admin/jobs/nonsense"))!.Status);
        Assert.Equal(200, (await admins.GotoAsync("/admin/jobs/failed?cursor=nonsense"))!.Status);
    }

    private static ILocator Tile(IPage page, string state) => page.Locator($"[data-state={state}] .state__count");

    private static async Task<int> CountAsync(IPage page, string state) => int.Parse(await Tile(page, state).InnerTextAsync());

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });
}
