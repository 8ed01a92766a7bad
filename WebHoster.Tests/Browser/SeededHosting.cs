using System.Net.Http.Json;
using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Browser;

/// <summary>Somebody with a hosting that runs and has a week of figures behind it.</summary>
internal sealed class SeededHosting(BrowserFixture browser)
{
    /// <param name="tab">Such as <c>metrics</c>; empty for the overview.</param>
    /// <param name="portal">Where the portal is reached, if not directly.</param>
    /// <returns>Its page, live, its owner, and its id.</returns>
    public async Task<(IPage Page, Person Person, Guid Id)> OpenAsync(
        string tab = "", int width = 1280, ColorScheme scheme = ColorScheme.Light, string language = "en-US", Uri? portal = null)
    {
        var person = await Person.RegisterAsync(browser.Portal, "ada");
        var made = await person.Http.PostAsJsonAsync("host", new { ssh_public_key = TestKeys.Public });
        var id = Guid.Parse((await made.DataAsync()).Text("id"));
        await browser.Portal.Engine.CreateAsync(person.Name);
        await browser.Portal.Database.ExecuteAsync("update hostings set keys_applied = keys_wanted where id = @id", ("id", id));
        await FillAsync(id);
        var page = await browser.OpenAsync(width, width < 500 ? 740 : 860, scheme, language, portal);
        await page.GotoAsync($"/login?returnUrl=/hostings/{id}{(tab == "" ? "" : "/" + tab)}");
        await page.FillAsync("#name", person.Name);
        await page.FillAsync("#password", Person.Password);
        await page.ClickAsync(".auth button[type=submit]");
        await page.WaitForURLAsync($"**/hostings/{id}**");
        await browser.LiveAsync(page);
        return (page, person, id);
    }

    /// <summary>What the worker does every ten seconds: a sample of now, announced.</summary>
    public Task SampleAsync(Guid hosting, double cpu) => browser.Portal.Database.ExecuteAsync(
        """
        update metric_points set cpu_percent = @cpu, at = date_bin('10 seconds', now(), 'epoch')
        where hosting_id = @id and grain = 10 and at > now() - interval '1 minute';
        select announce('metrics', gen_random_uuid(), gen_random_uuid(), null)
        """, ("id", hosting), ("cpu", (float)cpu));

    /// <summary>Full rings, with waves in them; 30 % of CPU and 300 MB just now.</summary>
    public Task FillAsync(Guid hosting) => browser.Portal.Database.ExecuteAsync(
        """
        insert into metric_points (hosting_id, grain, place, at, cpu_percent, guest_memory_used, guest_memory_total, disk_used,
            disk_read, disk_written, net_received, net_sent)
        select @id, g.grain, n, date_bin(make_interval(secs => g.grain), now(), 'epoch') - n * make_interval(secs => g.grain),
            30 + 24 * sin(n / 11.0) * (1 - exp(-n / 40.0)) + case when n % 37 = 5 then 30 else 0 end,
            (300 << 20) + (90 << 20) * sin(n / 29.0) * (1 - exp(-n / 60.0)), 960 << 20, 1300::bigint << 20,
            greatest(0, 60000 * sin(n / 7.0)), 90000 + 80000 * sin(n / 13.0), 40000 + 39000 * sin(n / 17.0), 150000 + 140000 * cos(n / 19.0)
        from (values (10, 360), (600, 144), (3600, 168)) as g (grain, places), generate_series(0, g.places - 1) n
        on conflict do nothing
        """, ("id", hosting));
}
