using System.Net.Http.Json;
using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>An administrator's way past every page of the desk, in whatever language.</summary>
/// <param name="look">Called at each stop, with its name.</param>
public sealed class DeskTour(BrowserFixture browser, IPage page, Func<string, Task> look)
{
    /// <param name="boss">Is signed in on the page.</param>
    public async Task WalkAsync(Person boss)
    {
        var (database, engine) = (browser.Portal.Database, browser.Portal.Engine);
        var customers = new List<Person>();
        foreach (var (status, health) in new[] { ("running", "healthy"), ("running", "no_http"), ("failed", "unknown"), ("stopped", "unknown") })
        {
            var person = await Person.AddAsync(browser.Portal, "kim");
            (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
            await engine.CreateAsync(person.Name);
            await engine.SetAsync(person.Name, status, health);
            await database.ExecuteAsync("update operations set finished_at = now() - interval '1 hour' where slug = @slug", ("slug", person.Name));
            customers.Add(person);
        }
        var customer = customers[0];
        var (user, hosting) = (await customer.IdAsync(), await database.ScalarAsync<Guid>("select id from hostings where slug = @slug", ("slug", customer.Name)));
        (await customer.WithTokenAsync(browser.Portal, "read", "hosting")).Http.Dispose();
        (await customer.Http.PostAsJsonAsync("ssh-keys", new { name = "laptop", public_key = TestKeys.OtherPair.PublicKey })).EnsureSuccessStatusCode();
        (await boss.Http.PostAsync($"admin/users/{await customers[3].IdAsync()}/disable", null)).EnsureSuccessStatusCode();
        (await boss.Http.PostAsync($"admin/hostings/{hosting}/restart", null)).EnsureSuccessStatusCode();
        await engine.FailAsync(await engine.NewestOperationAsync(customer.Name), "The machine could not be started. The host has no memory left for it.");
        await engine.SetAsync(customer.Name, "running", "healthy");

        await VisitAsync("/admin", "administration");
        await VisitAsync("/admin/hostings?q=kim", "desk-hostings");
        await page.Locator(".grid__acts button").First.ClickAsync();
        await page.Locator("[id^=delete-]").First.ClickAsync();
        await page.Locator(".grid__row input[type=checkbox]").First.CheckAsync();
        await Expect(page.Locator(".grid__row--chosen")).ToBeVisibleAsync();
        await look("desk-hostings-actions");
        await VisitAsync("/admin/hostings?q=nobody-at-all", "desk-hostings-none");
        await VisitAsync($"/admin/hostings/{hosting}", "desk-hosting");
        await VisitAsync("/admin/users?q=kim&sort=username", "desk-users");
        await page.Locator(".grid__acts button").First.ClickAsync();
        await Expect(page.Locator(".useract").First).ToBeVisibleAsync();
        await look("desk-users-actions");
        await VisitAsync($"/admin/users/{user}", "desk-user");
        await VisitAsync("/admin/users/add", "desk-user-add");
        await SettingsAsync();
        await ActAsync(user, hosting);
    }

    private async Task SettingsAsync()
    {
        await VisitAsync("/admin/settings", "desk-settings");
        await page.FillAsync("#setting-auth_per_minute", "0");
        await page.Locator("[data-setting=auth_per_minute] [type=submit]").ClickAsync();
        await Expect(page.Locator("#setting-auth_per_minute-problem")).Not.ToBeEmptyAsync();
        await look("desk-settings-error");
        await VisitAsync("/admin/settings/plans", "desk-plans");
        await VisitAsync("/admin/settings/announcements", "desk-announcements");
        await page.FillAsync("#text-en", "The host restarts on Sunday at 03:00 UTC. Sites are away for some minutes.");
        await page.FillAsync("#text-ko", "일요일 03:00 UTC에 호스트를 다시 시작합니다. 몇 분 동안 사이트에 접속할 수 없어요.");
        await page.SelectOptionAsync("#level", "Warning");
        await page.ClickAsync(".keyform .btn--primary");
        await Expect(page.Locator("[data-announced]").First).ToBeVisibleAsync();
        await VisitAsync("/admin/settings/announcements", "desk-announced");
        await page.Locator("[data-announced] .btn--danger").First.ClickAsync();
        await page.Locator("[data-announced] .btn--solid").First.ClickAsync();
        await Expect(page.Locator("[role=status].note")).ToBeVisibleAsync();
    }

    private async Task ActAsync(Guid user, Guid hosting)
    {
        await page.GotoAsync($"/admin/users/{user}/act");
        await look("desk-act");
        await page.FillAsync("#reason", "ticket 42");
        await page.ClickAsync(".actfor [type=submit]");
        await page.WaitForURLAsync("**/dashboard");
        await browser.LiveAsync(page);
        await look("acting-dashboard");
        await VisitAsync($"/hostings/{hosting}", "acting-hosting");
        await page.GotoAsync("/tokens");
        await look("acting-closed");
        await page.ClickAsync(".acting__end");
        await page.WaitForURLAsync($"**/admin/users/{user}");
    }

    private async Task VisitAsync(string path, string name)
    {
        await page.GotoAsync(path);
        await browser.LiveAsync(page);
        await look(name);
    }
}
