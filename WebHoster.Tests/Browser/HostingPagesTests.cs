using System.Net.Http.Json;
using Microsoft.Playwright;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>A hosting's page, keys and tokens, as a person uses them; other processes are played on connections of their own.</summary>
[Trait("Category", "Browser")]
public sealed class HostingPagesTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    /// <summary>What another process writes is on the page before anybody wonders.</summary>
    private static readonly LocatorAssertionsToHaveTextOptions Soon = new() { Timeout = 5000 };

    private SeededHosting Seed => new(browser);

    [Fact]
    public async Task TheOverviewFollowsStatusHealthAndFiguresThatAnotherProcessWrites()
    {
        var (page, person, id) = await Seed.OpenAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(person.Name);
        await Expect(page.Locator("#ssh-command")).ToContainTextAsync("ssh -p ");
        await Expect(page.Locator("[data-tile=cpu] .tile__value")).ToHaveTextAsync("30%");
        await page.EvaluateAsync("window.sameDocument = true");

        await browser.Portal.Engine.SetAsync(person.Name, "running", "no_ssh");
        await Expect(page.Locator(".health")).ToHaveTextAsync("SSH does not answer", Soon);
        await Seed.SampleAsync(id, 87);
        await Expect(page.Locator("[data-tile=cpu] .tile__value")).ToHaveTextAsync("87%", Soon);
        await browser.Portal.Engine.SetAsync(person.Name, "stopped");
        await Expect(page.Locator(".badge[data-status]")).ToHaveTextAsync("Stopped", Soon);
        await Expect(Button(page, "Stop")).ToBeDisabledAsync();
        await Expect(Button(page, "Start")).ToBeEnabledAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
    }

    [Fact]
    public async Task ChartsMoveAndTellTheValueUnderThePointer()
    {
        var (page, _, id) = await Seed.OpenAsync("metrics");
        await Expect(page.Locator("[data-chart=cpu] .chart__now")).ToHaveTextAsync("30%");
        var before = await page.Locator("[data-chart=cpu] .chart__line").GetAttributeAsync("d");
        await Seed.SampleAsync(id, 64);
        await Expect(page.Locator("[data-chart=cpu] .chart__now")).ToHaveTextAsync("64%", Soon);
        Assert.NotEqual(before, await page.Locator("[data-chart=cpu] .chart__line").GetAttributeAsync("d"));

        await page.Locator("[data-chart=memory] wh-chart").HoverAsync();
        await Expect(page.Locator("[data-chart=memory] wh-chart .tip")).ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"In use \d+ MB"));
        await Button(page, "Week").ClickAsync();
        await Expect(Button(page, "Week")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator("[data-chart=cpu] .chart__x")).ToContainTextAsync("7 d ago");
        await page.Locator("[data-chart=cpu] summary").ClickAsync();
        await Expect(page.Locator("[data-chart=cpu] tbody tr").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task ActivityShowsWhatTheApiAskedForItsStepsItsLogAndOffersToTryAgain()
    {
        var (page, person, _) = await Seed.OpenAsync("activity");
        await Expect(page.Locator(".activity__item")).ToHaveCountAsync(1);
        (await person.Http.PostAsync("host/my/stop", null)).EnsureSuccessStatusCode();
        await Expect(page.Locator(".activity__item")).ToHaveCountAsync(2);
        await Expect(page.Locator(".activity__item").First).ToContainTextAsync("In line");

        var engine = browser.Portal.Engine;
        var operation = await engine.NewestOperationAsync(person.Name);
        await page.Locator(".activity__toggle").First.ClickAsync();
        await engine.StartAsync(operation);
        await engine.BeginAsync(operation, StepName.ShutDownMachine);
        await engine.SayAsync(operation, "The power button was pressed");
        await Expect(page.GetByText("The power button was pressed")).ToBeVisibleAsync();
        await Expect(page.Locator($".activity [data-step={StepName.ShutDownMachine}]")).ToContainTextAsync("running");
        await engine.SetAsync(person.Name, "failed");
        await engine.FailAsync(operation, "The machine did not stop.");
        await Expect(page.Locator(".activity__item").First).ToContainTextAsync("The machine did not stop.");
        await page.Locator(".activity__error").GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(page.Locator(".activity__item")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task ThePowerButtonsAskAndTheProgressShows()
    {
        var (page, person, _) = await Seed.OpenAsync();
        await Button(page, "Stop").ClickAsync();
        await Button(page, "Keep").ClickAsync();
        await Expect(Button(page, "Stop")).ToBeFocusedAsync();
        await Button(page, "Restart").ClickAsync();
        await Button(page, "Restart the machine").ClickAsync();
        await Expect(page.Locator(".strip")).ToContainTextAsync("The machine is restarting");
        await Expect(Button(page, "Stop")).ToBeDisabledAsync();
        var operation = await browser.Portal.Engine.NewestOperationAsync(person.Name);
        await browser.Portal.Engine.SetAsync(person.Name, "running", "healthy");
        await browser.Portal.Engine.SucceedAsync(operation);
        await Expect(page.Locator(".strip")).ToHaveCountAsync(0);
        await Expect(Button(page, "Stop")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task TheDangerZoneAsksForTheNameAndTheEndIsSaid()
    {
        var (page, person, _) = await Seed.OpenAsync("settings");
        await page.Locator("#delete").ClickAsync();
        await Expect(Button(page, "Delete for good")).ToBeDisabledAsync();
        await page.GetByLabel($"Type {person.Name} to go on").FillAsync(person.Name);
        await Button(page, "Delete for good").ClickAsync();
        await Expect(page.Locator(".badge[data-status=deleting]")).ToBeVisibleAsync();
        await browser.Portal.Engine.EraseAsync(person.Name);
        await Expect(page.GetByText($"“{person.Name}” was deleted")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task KeysAreAddedWithClearErrorsAndTheirWayToTheMachineIsSeen()
    {
        var (page, person, _) = await Seed.OpenAsync("keys");
        await Expect(page.Locator("[data-key]")).ToHaveCountAsync(1);
        await page.GetByLabel("Name").FillAsync("laptop");
        await page.GetByLabel("Public key").FillAsync("not a key");
        await Button(page, "Add the key").ClickAsync();
        await Expect(page.Locator("#key-line-problem")).ToContainTextAsync("An SSH public key starts with its type");
        await page.GetByLabel("Public key").FillAsync(TestKeys.OtherPair.PublicKey);
        await Button(page, "Add the key").ClickAsync();
        await Expect(page.Locator("[data-key]")).ToHaveCountAsync(2);
        await Expect(page.Locator("[data-pending]")).ToBeVisibleAsync();
        await browser.Portal.Database.ExecuteAsync("update hostings set keys_applied = keys_wanted where slug = @slug", ("slug", person.Name));
        await Expect(page.Locator("[data-pending]")).ToHaveCountAsync(0);

        await page.GotoAsync("/ssh-keys");
        await browser.LiveAsync(page);
        (await person.Http.PostAsJsonAsync("ssh-keys", new { name = "from a script", public_key = SshKeyPair.Create("script").PublicKey })).EnsureSuccessStatusCode();
        await Expect(page.GetByText("from a script")).ToBeVisibleAsync();
        await Button(page, "Remove the key “from a script”").ClickAsync();
        await Button(page, "Remove").Last.ClickAsync();
        await Expect(page.GetByText("from a script")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task ATokenIsShownOnceWorksAndIsRevoked()
    {
        var (page, _, _) = await Seed.OpenAsync();
        await page.GotoAsync("/tokens");
        await browser.LiveAsync(page);
        await Button(page, "Create the token").ClickAsync();
        await Expect(page.Locator("#token-name-problem")).ToContainTextAsync("A name is needed");
        await page.GetByLabel("Name").FillAsync("deploy");
        await page.GetByLabel("Change hostings").CheckAsync();
        await page.GetByLabel("Expires").SelectOptionAsync("30");
        await Button(page, "Create the token").ClickAsync();
        var token = await page.Locator("#new-token").InnerTextAsync();
        Assert.StartsWith("wh_", token);
        await Button(page, "Copy Token").ClickAsync();
        Assert.Equal(token, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await Button(page, "I have saved it").ClickAsync();
        await Expect(page.GetByText(token)).ToHaveCountAsync(0);

        var script = Person.Stranger(browser.Portal);
        script.DefaultRequestHeaders.Add("Authorization", $"Bearer {token}");
        (await script.GetAsync("host/my")).EnsureSuccessStatusCode();
        await Expect(page.Locator($"[data-token={token[..8]}]")).ToContainTextAsync("Last used");
        await Button(page, "Revoke the token “deploy”").ClickAsync();
        await Button(page, "Revoke").Last.ClickAsync();
        await Expect(page.GetByText("No tokens yet.")).ToBeVisibleAsync();
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await script.GetAsync("host/my")).StatusCode);
    }

    [Fact]
    public async Task AStrangersHostingAndATabThatIsNoneAreNotThere()
    {
        var (_, _, other) = await Seed.OpenAsync();
        var (page, _, id) = await Seed.OpenAsync();
        Assert.Equal(404, (await page.GotoAsync($"/hostings/{other}"))!.Status);
        Assert.Equal(404, (await page.GotoAsync($"/hostings/{id}/nothing"))!.Status);
    }

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });
}
