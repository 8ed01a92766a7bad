using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Playwright;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>What is on a page follows PostgreSQL within a second, whoever has written: this process, the API, another web process.</summary>
[Trait("Category", "Browser")]
public sealed class LiveTests(BrowserFixture browser, ITestOutputHelper output) : IClassFixture<BrowserFixture>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private SeededHosting Seed => new(browser);

    private TestEngine Engine => browser.Portal.Engine;

    [Fact]
    public async Task AHostingsStatusHealthFiguresAndStepsAreThereWithinASecond()
    {
        var (page, person, id) = await Seed.OpenAsync();
        await WarmAsync(page, person, id);
        await QuickAsync(page, ".machine .health", "SSH does not answer", () => Engine.SetAsync(person.Name, "running", "no_ssh"));
        await QuickAsync(page, "[data-tile=cpu] .tile__value", "87%", () => Seed.SampleAsync(id, 87));
        await QuickAsync(page, ".machine .badge", "Stopped", () => Engine.SetAsync(person.Name, "stopped"));
        await QuickAsync(page, ".strip", "The machine is starting", () => person.Http.PostAsync("host/my/start", null));
        var operation = await Engine.NewestOperationAsync(person.Name);
        await QuickAsync(page, ".note--bad", "The machine did not start.", () => Engine.FailAsync(operation, "The machine did not start."));
    }

    /// <summary>Otherwise the server keeps the page of everybody who goes, for minutes.</summary>
    [Fact]
    public async Task WhoLeavesAPageTellsTheServer()
    {
        var (page, _, _) = await Seed.OpenAsync();
        var before = await FarewellsAsync();
        await page.GotoAsync("/docs");
        await Eventually.TrueAsync(async () => await FarewellsAsync() != before);

        async Task<string?> FarewellsAsync() => (await Person.Stranger(browser.Portal).GetStringAsync("/metrics")).Split('\n')
            .FirstOrDefault(l => l.StartsWith("webhoster_http_requests_total", StringComparison.Ordinal) && l.Contains("/_blazor/disconnect"));
    }

    [Fact]
    public async Task AnotherPlanKeysAndTokensAreThereWithinASecond()
    {
        var (page, person, id) = await Seed.OpenAsync();
        var admin = await Person.AddAdminAsync(browser.Portal);
        var plan = $"plan-{Environment.ProcessId}";
        (await admin.Http.PostAsJsonAsync("admin/plans", new { name = plan, memory_mb = 2048, vcpus = 2, disk_gb = 20, max_hostings = 4 })).EnsureSuccessStatusCode();
        await page.GotoAsync("/dashboard");
        await browser.LiveAsync(page);
        await page.ClickAsync(".stage .btn--plain");
        await WarmAsync(page, person, id);
        var userId = await person.IdAsync();
        await QuickAsync(page, ".board__head", plan, () => admin.Http.PutAsJsonAsync($"admin/users/{userId}/plan", new { plan }));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Create hosting" })).ToBeVisibleAsync();
        await QuickAsync(page, ".board__head", "of 9", () =>
            admin.Http.PutAsJsonAsync($"admin/plans/{plan}", new { memory_mb = 2048, vcpus = 2, disk_gb = 20, max_hostings = 9 }));

        await page.GotoAsync("/ssh-keys");
        await browser.LiveAsync(page);
        await QuickAsync(page, "[data-key]", "from a script", () =>
            person.Http.PostAsJsonAsync("ssh-keys", new { name = "from a script", public_key = SshKeyPair.Create("script").PublicKey }));
        await page.GotoAsync("/tokens");
        await browser.LiveAsync(page);
        await QuickAsync(page, "[data-token]", "deploy", () => person.Http.PostAsJsonAsync("tokens", new { name = "deploy", scopes = new[] { "read" } }));
    }

    [Fact]
    public async Task ACreationsStepsAndLogAreThereWithinASecond()
    {
        var page = await browser.OpenAsync();
        var name = await browser.RegisterAsync(page);
        await BrowserFixture.AskForHostingAsync(page);
        var operation = await Engine.NewestOperationAsync(name);
        await Engine.StartAsync(operation);
        await Expect(page.Locator(".stage[data-operation=running]")).ToBeVisibleAsync();
        await QuickAsync(page, $"[data-step={StepName.CreateDisk}]", "running", () => Engine.BeginAsync(operation, StepName.CreateDisk));
        await QuickAsync(page, $"[data-step={StepName.CreateDisk}]", "done", () => Engine.FinishAsync(operation, StepName.CreateDisk));
        await QuickAsync(page, ".stage", "Up 6.81 seconds", () => Engine.SayAsync(operation, "cloud-init. Up 6.81 seconds."));
        await QuickAsync(page, ".stage", "Your site is live", () => Engine.CreateAsync(name));
    }

    [Fact]
    public async Task TwoWindowsOnTwoWebProcessesAgreeWhileAScriptChangesThings()
    {
        await using var twin = await PortalTwin.StartAsync(browser.Portal);
        var (here, person, id) = await Seed.OpenAsync();
        var there = await browser.OpenAsync(portal: twin.Url);
        await there.GotoAsync($"/login?returnUrl=/hostings/{id}");
        await there.FillAsync("#name", person.Name);
        await there.FillAsync("#password", Person.Password);
        await there.ClickAsync(".auth button[type=submit]");
        await browser.LiveAsync(there);
        await WarmAsync(here, person, id);

        // By the other process's API: seen here.
        using var api = new HttpClient { BaseAddress = new Uri(twin.Url, "/api/v1/") };
        api.DefaultRequestHeaders.Authorization = person.Http.DefaultRequestHeaders.Authorization;
        await QuickAsync(here, ".machine .badge", "Stopping", () => api.PostAsync("host/my/stop", null));
        await Engine.SucceedAsync(await Engine.NewestOperationAsync(person.Name));

        var slowest = TimeSpan.Zero;
        (string Status, string Word)[] states = [("running", "Running"), ("stopped", "Stopped"), ("starting", "Starting"), ("failed", "Failed")];
        for (var round = 0; round < 24; round++)
        {
            var (status, word) = states[round % states.Length];
            var sightings = new[] { here, there }.Select(p => new Sighting(p, ".machine .badge", word)).ToList();
            foreach (var sighting in sightings)
                await sighting.WatchAsync();
            var before = DateTimeOffset.UtcNow;
            await Engine.SetAsync(person.Name, status);
            foreach (var sighting in sightings)
                slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, (await sighting.SeenAsync() - before).Ticks));
            Assert.Equal(await here.Locator(".machine").InnerTextAsync(), await there.Locator(".machine").InnerTextAsync());
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"24 changes in two windows: the slowest after {slowest.TotalMilliseconds:0} ms"));
        Assert.True(slowest < Second, $"One came after {slowest}.");
    }

    [Fact]
    public async Task ACutLineIsToldOfAndTheNextOneCatchesUp()
    {
        await using var line = CutLine.To(browser.Portal.Port);
        var (page, person) = await OpenOverAsync(line);
        line.Cut();
        await Expect(page.GetByText("The connection was lost")).ToBeVisibleAsync();
        await Engine.SetAsync(person, "stopped");
        line.Mend();
        await Expect(page.GetByText("Connected again")).ToBeVisibleAsync();
        await Expect(page.Locator($"[data-hosting={person}][data-status=stopped]")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        await QuickAsync(page, ".hcard .badge", "Failed", () => Engine.SetAsync(person, "failed"));
    }

    [Fact]
    public async Task ALineThatFallsSilentIsNoticed()
    {
        await using var line = CutLine.To(browser.Portal.Port);
        var (page, person) = await OpenOverAsync(line);
        line.Silence();
        await Expect(page.GetByText("The connection was lost")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Engine.SetAsync(person, "stopped");
        line.Mend();
        await Expect(page.Locator($"[data-hosting={person}][data-status=stopped]")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
    }

    /// <summary>A dashboard with one hosting that runs, reached over the line.</summary>
    private async Task<(IPage Page, string Name)> OpenOverAsync(CutLine line)
    {
        var page = await browser.OpenAsync(portal: line.Url);
        var name = await browser.RegisterAsync(page);
        await BrowserFixture.AskForHostingAsync(page);
        await Engine.CreateAsync(name);
        await page.ClickAsync(".stage .btn--plain");
        await Expect(page.Locator($"[data-hosting={name}]")).ToBeVisibleAsync();
        await page.EvaluateAsync("window.sameDocument = true");
        return (page, name);
    }

    /// <summary>What runs for the first time is compiled first: no figure.</summary>
    private async Task WarmAsync(IPage page, Person person, Guid id)
    {
        await new Sighting(page, ".health", "The site does not answer").OfAsync(() => Engine.SetAsync(person.Name, "running", "no_http"));
        await new Sighting(page, ".health", "Site and SSH answer").OfAsync(() => Engine.SetAsync(person.Name, "running", "healthy"));
        await Seed.SampleAsync(id, 31);
    }

    private async Task QuickAsync(IPage page, string selector, string words, Func<Task> change) =>
        Assess(words, await new Sighting(page, selector, words).OfAsync(change));

    /// <summary>By the API: from its answer on. How long a request takes that is the first of its kind is another matter.</summary>
    private async Task QuickAsync(IPage page, string selector, string words, Func<Task<HttpResponseMessage>> request)
    {
        var sighting = new Sighting(page, selector, words);
        await sighting.WatchAsync();
        (await request()).EnsureSuccessStatusCode();
        var answered = DateTimeOffset.UtcNow;
        Assess(words, await sighting.SeenAsync() - answered);
    }

    private void Assess(string words, TimeSpan time)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"“{words}” after {time.TotalMilliseconds:0} ms"));
        Assert.True(time < Second, $"“{words}” came after {time}.");
    }
}
