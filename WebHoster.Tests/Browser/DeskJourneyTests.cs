using System.Net.Http.Json;
using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>The administrators' desk as a person uses it; the test plays the engine, and other processes, on connections of their own.</summary>
[Trait("Category", "Browser")]
public sealed class DeskJourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task HostingsAreSearchedFilteredAndSortedAndTheWayBackWorks()
    {
        var (page, _) = await OpenAsync("/admin/hostings");
        var (one, two) = (await HostAsync("lea"), await HostAsync("leo"));
        await browser.Portal.Engine.SetAsync(two.Name, "stopped");
        await page.FillAsync("[name=q]", "le");
        await page.PressAsync("[name=q]", "Enter");
        await page.WaitForURLAsync("**/admin/hostings?q=le");
        await Expect(Row(page, one.Name)).ToBeVisibleAsync();
        await page.SelectOptionAsync("[name=status]", "stopped");
        await page.WaitForURLAsync("**/admin/hostings?q=le&status=stopped");
        await Expect(Row(page, one.Name)).ToHaveCountAsync(0);
        await Expect(Row(page, two.Name)).ToBeVisibleAsync();
        await page.ClickAsync("thead a:has-text('Name')");
        await page.WaitForURLAsync("**sort=slug**");
        await Expect(page.Locator("th[aria-sort=ascending]")).ToContainTextAsync("Name");
        await page.GoBackAsync();
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"/admin/hostings\?q=le$"));
        await Expect(Row(page, one.Name)).ToBeVisibleAsync();
        await Expect(page.Locator("[name=q]")).ToHaveValueAsync("le");
    }

    [Fact]
    public async Task ARowFollowsWhatOthersDoAndItsActionsAskForTheNameWhereTheyErase()
    {
        var person = await HostAsync("max");
        var (page, admin) = await OpenAsync($"/admin/hostings?q={person.Name}");
        await page.EvaluateAsync("window.sameDocument = true");
        await browser.Portal.Engine.SetAsync(person.Name, "running", "no_ssh");
        await Expect(Row(page, person.Name)).ToContainTextAsync("SSH does not answer");
        await Button(page, $"Actions for {person.Name}").ClickAsync();
        await page.Locator(".grid__panel .danger").Nth(1).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(Button(page, "Delete for good")).ToBeDisabledAsync();
        await page.GetByLabel($"Type {person.Name} to go on").FillAsync(person.Name);
        await Button(page, "Delete for good").ClickAsync();
        await Expect(Row(page, person.Name).Locator("[data-status=deleting]")).ToBeVisibleAsync();
        Assert.Equal(await admin.IdAsync(), await browser.Portal.Database.ScalarAsync<Guid>(
            "select actor_id from audit_entries where action = 'hosting.delete' and subject = @slug", ("slug", person.Name)));
        await browser.Portal.Engine.EraseAsync(person.Name);
        await Expect(page.GetByText("No hosting is like this.")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
    }

    [Fact]
    public async Task SeveralHostingsAreStoppedAtOnceAndWhatWasRefusedIsSaid()
    {
        var prefix = Person.NewName("bulk");
        var (one, two, off) = (await HostAsync(prefix), await HostAsync(prefix), await HostAsync(prefix));
        await browser.Portal.Engine.SetAsync(off.Name, "stopped");
        var (page, admin) = await OpenAsync($"/admin/hostings?q={prefix}");
        await Expect(Button(page, "Stop")).ToBeDisabledAsync();
        await page.GetByLabel("All on this page").CheckAsync();
        await Expect(page.GetByText("3 chosen")).ToBeVisibleAsync();
        await Button(page, "Stop").ClickAsync();
        await Expect(page.Locator(".note[role=status]")).ToHaveTextAsync("Stop: accepted for 2, refused for 1. The hosting is stopped; it cannot stop now.");
        foreach (var person in new[] { one, two })
            await Expect(Row(page, person.Name).Locator("[data-status=stopping]")).ToBeVisibleAsync();
        await AssertWhereFromAsync(admin, "hosting.stop");
    }

    [Fact]
    public async Task APersonIsGivenAPlanDisabledWithTheirMachinesAndLetInAgain()
    {
        var person = await HostAsync("pat");
        var (page, admin) = await OpenAsync("/admin/users");
        await page.FillAsync("[name=q]", person.Name);
        await page.PressAsync("[name=q]", "Enter");
        await browser.LiveAsync(page);
        await Row(page, person.Name).GetByRole(AriaRole.Link, new() { Name = person.Name, Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/admin/users/*");
        await browser.LiveAsync(page);
        await Expect(page.Locator($"[data-thing={person.Name}]")).ToBeVisibleAsync();
        await page.GetByText("When disabling: stop the machines, too").ClickAsync();
        await page.Locator("[id^='disable-']").ClickAsync();
        await page.GetByLabel($"Type {person.Name} to go on").FillAsync(person.Name);
        await Button(page, "Keep out").ClickAsync();
        await Expect(page.Locator(".note[role=status]")).ToContainTextAsync("Machines that stop: 1");
        await Expect(page.Locator($"[data-thing={person.Name}] [data-status=stopping]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-audit='user.disable']")).ToBeVisibleAsync();
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await person.Http.GetAsync("host/my")).StatusCode);
        await Button(page, "Let in again").ClickAsync();
        await Expect(page.Locator(".machine .tag--bad")).ToHaveCountAsync(0);
        await AssertWhereFromAsync(admin, "user.disable");
    }

    [Fact]
    public async Task ASettingIsCheckedSavedSeenInAnotherWindowAndTakenBack()
    {
        var (page, admin) = await OpenAsync("/admin/settings");
        await page.FillAsync("#setting-account_per_minute", "none");
        await page.Locator("[data-setting=account_per_minute] [type=submit]").ClickAsync();
        await Expect(page.Locator("#setting-account_per_minute-problem")).ToHaveTextAsync("The value is a whole number from 1 to 100000.");
        await Expect(page.Locator("[data-setting=account_per_minute] [type=submit]")).ToBeFocusedAsync();
        await page.FillAsync("#setting-account_per_minute", "33");
        await page.Locator("[data-setting=account_per_minute] [type=submit]").ClickAsync();
        await Expect(page.Locator("[data-setting=account_per_minute]")).ToContainTextAsync($"Changed by {admin.Name}");
        (await admin.Http.PutAsJsonAsync("admin/settings/account_per_minute", new { value = 44 })).EnsureSuccessStatusCode();
        await Expect(page.Locator("#setting-account_per_minute")).ToHaveValueAsync("44");
        await Button(page, "Back to the configuration (20)").ClickAsync();
        await Expect(page.Locator("#setting-account_per_minute")).ToHaveValueAsync("20");
        await AssertWhereFromAsync(admin, "setting.change");
    }

    [Fact]
    public async Task APlanIsAddedChangedAndDeleted()
    {
        var (page, _) = await OpenAsync("/admin/settings/plans");
        var name = $"p{Environment.ProcessId}";
        await page.FillAsync("#plan-name", name);
        await page.FillAsync("#plan-memory_mb", "1");
        await Button(page, "Add the plan").ClickAsync();
        await Expect(page.Locator("#plan-memory_mb-problem")).ToContainTextAsync("256");
        await page.FillAsync("#plan-memory_mb", "2048");
        await Button(page, "Add the plan").ClickAsync();
        await Expect(page.Locator($"[data-plan={name}]")).ToContainTextAsync("2 GB memory");
        await Button(page, $"Change {name}").ClickAsync();
        await page.FillAsync("#plan-max_hostings", "7");
        await Button(page, "Save").ClickAsync();
        await Expect(page.Locator($"[data-plan={name}]")).ToContainTextAsync("7 hostings");
        await Button(page, $"Delete the plan “{name}”").ClickAsync();
        await Button(page, "Delete").ClickAsync();
        await Expect(page.Locator($"[data-plan={name}]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task ActingShowsABannerDoesThingsInTheAdministratorsNameAndEndsInEveryWindow()
    {
        var person = await HostAsync("kay");
        var (page, admin) = await OpenAsync($"/admin/users/{await person.IdAsync()}");
        await page.GetByRole(AriaRole.Link, new() { Name = $"Act for {person.Name}" }).ClickAsync();
        await page.FillAsync("#reason", "ticket 7");
        await Button(page, $"Act for {person.Name}").ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await browser.LiveAsync(page);
        await Expect(page.Locator(".acting")).ToContainTextAsync($"You act for {person.Name}");
        await page.ClickAsync($"[data-hosting={person.Name}] h2 a");
        await browser.LiveAsync(page);
        await Expect(page.Locator(".tab")).ToHaveCountAsync(4);
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync("/dashboard");
        await browser.LiveAsync(other);
        await Button(page, "Stop").ClickAsync();
        await Button(page, "Stop the machine").ClickAsync();
        await Expect(page.Locator(".badge[data-status=stopping]")).ToBeVisibleAsync();
        Assert.Equal(await admin.IdAsync(), await browser.Portal.Database.ScalarAsync<Guid>(
            "select actor_id from audit_entries where action = 'hosting.stop' and subject = @slug", ("slug", person.Name)));
        await Button(page, "Stop acting").ClickAsync();
        foreach (var window in new[] { page, other })
        {
            await window.WaitForURLAsync("**/admin/users/*");
            await Expect(window.Locator(".acting")).ToHaveCountAsync(0);
        }
        await other.GotoAsync("/dashboard");
        await Expect(other.Locator($"[data-hosting={person.Name}]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task AnAnnouncementIsPutAwayWithoutLeavingThePage()
    {
        var (page, admin) = await OpenAsync("/admin/settings/announcements");
        await page.FillAsync("#text-en", "A word to everybody");
        await Button(page, "Announce").ClickAsync();
        await Expect(page.Locator("[data-announced]").First).ToContainTextAsync("A word to everybody");
        var reader = await browser.OpenAsync();
        await reader.GotoAsync("/login");
        await Expect(reader.GetByText("A word to everybody")).ToBeVisibleAsync();
        await reader.FillAsync("#name", "kept");
        await Button(reader, "Put this announcement away").ClickAsync();
        await Expect(reader.GetByText("A word to everybody")).ToHaveCountAsync(0);
        await Expect(reader.Locator("#name")).ToHaveValueAsync("kept");
        await reader.ReloadAsync();
        await Expect(reader.GetByText("A word to everybody")).ToHaveCountAsync(0);
        var id = (await (await admin.Http.GetAsync("admin/announcements")).DataAsync()).EnumerateArray().First(a => a.Text("text_en") == "A word to everybody").Text("id");
        (await admin.Http.DeleteAsync($"admin/announcements/{id}")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task TheOverviewFollowsWhatHappens()
    {
        var person = await HostAsync("zoe");
        var (page, _) = await OpenAsync("/admin");
        await page.EvaluateAsync("window.sameDocument = true");
        await Expect(page.Locator("[data-capacity=slots]")).ToContainTextAsync("rest");
        await browser.Portal.Engine.SetAsync(person.Name, "running", "unreachable");
        await Expect(page.Locator("[data-attention=hosting_unhealthy]")).ToContainTextAsync(person.Name);
        (await person.Http.PostAsync("host/my/restart", null)).EnsureSuccessStatusCode();
        await browser.Portal.Engine.FailAsync(await browser.Portal.Engine.NewestOperationAsync(person.Name), "It broke.");
        await browser.Portal.Engine.SetAsync(person.Name, "failed");
        await Expect(page.Locator("[data-open-alert=operation_failed]").Filter(new() { HasText = person.Name })).ToContainTextAsync("It broke.");
        // Each thing is there once, and never beside that all is well.
        await Expect(page.Locator("[data-attention=operation_failed]")).ToHaveCountAsync(0);
        await Expect(page.GetByText("Nothing. All is as it should be.")).ToHaveCountAsync(0);
        await Expect(page.Locator("[data-newest]").First).ToContainTextAsync(person.Name);
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
    }

    private async Task<(IPage Page, Person Admin)> OpenAsync(string path)
    {
        var admin = await Person.AddAdminAsync(browser.Portal);
        var page = await browser.OpenAsync();
        await page.GotoAsync($"/login?returnUrl={Uri.EscapeDataString(path)}");
        await page.FillAsync("#name", admin.Name);
        await page.FillAsync("#password", Person.Password);
        await page.ClickAsync(".auth button[type=submit]");
        await browser.LiveAsync(page);
        return (page, admin);
    }

    private async Task<Person> HostAsync(string prefix)
    {
        var person = await Person.AddAsync(browser.Portal, prefix);
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await browser.Portal.Engine.CreateAsync(person.Name);
        // A creation is news for a while, and shown instead of the card.
        await browser.Portal.Database.ExecuteAsync("update operations set finished_at = now() - interval '1 hour' where slug = @slug", ("slug", person.Name));
        return person;
    }

    /// <summary>What they did is in the audit log, and for all of it from where.</summary>
    private async Task AssertWhereFromAsync(Person admin, string action) => Assert.Equal((true, 0), (
        await browser.Portal.Database.ScalarAsync<bool>(
            "select exists (select from audit_entries where actor_id = @id and action = @action)", ("id", await admin.IdAsync()), ("action", action)),
        await browser.Portal.Database.ScalarAsync<int>(
            "select count(*)::int from audit_entries where actor_id = @id and address is null", ("id", await admin.IdAsync()))));

    private static ILocator Row(IPage page, string name) => page.Locator($"[data-row='{name}']");

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });
}
