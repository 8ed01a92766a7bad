using Microsoft.Playwright;
using WebHoster.Core.Operations;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>An administrator's way past jobs, drift and alerts, empty and full, for whoever is signed in on the page.</summary>
/// <param name="look">Called at each stop, with its name.</param>
public sealed class AttentionTour(BrowserFixture browser, IPage page, Func<string, Task> look)
{
    private PlayedWorker Worker => new(browser.Portal.Database);

    public async Task WalkAsync()
    {
        await browser.Portal.Database.ExecuteAsync(
            "truncate drift_findings, drift_runs, drift_repairs, workers, job_runs, alerts, alert_targets, alert_deliveries cascade; delete from operation_events where operation_id in (select id from operations where slug like 'shop-%'); delete from operations where slug like 'shop-%'");
        await VisitAsync("/admin/drift", "drift-empty");
        await VisitAsync("/admin/alerts", "alerts-empty");
        await JobsAsync();
        await DriftAsync();
        await AlertsAsync();
    }

    private async Task JobsAsync()
    {
        foreach (var minutes in Enumerable.Range(1, 55))
            await Worker.AddOperationsAsync("succeeded", minutes * 7 % 5, $"{minutes} minutes");
        await Worker.AddOperationsAsync("failed", 3, "12 minutes", "The machine could not be started. The host has no memory left for it.");
        await Worker.AddOperationsAsync("running", 2);
        await Worker.BringJobsAsync();
        await Worker.BeatAsync("host:1234");
        await browser.Portal.Database.ExecuteAsync(
            "insert into workers (id, name, host, version, started_at, seen_at, gone_at, parallelism, busy) values (gen_random_uuid(), 'host:977', 'host', '1.0.0', now() - interval '1 day', now() - interval '3 hours', now() - interval '3 hours', 4, 0)");
        await page.GotoAsync("/admin/jobs");
        await browser.LiveAsync(page);
        await page.ClickAsync("[data-job=sweep-host] .btn:first-child");
        await Expect(page.Locator(".run").First).ToBeVisibleAsync();
        await look("jobs");
        await VisitAsync("/admin/jobs/failed", "jobs-failed");
        await VisitAsync("/admin/jobs/cancelled", "jobs-none");

        var operation = await browser.Portal.Database.ScalarAsync<Guid>("select id from operations where status = 'failed' and slug = 'shop-1' order by created_at desc limit 1");
        await browser.Portal.Database.ExecuteAsync(
            "insert into operation_steps (operation_id, ordinal, name, status) select @id, o - 1, n, 'waiting' from unnest(@steps) with ordinality s (n, o) on conflict do nothing; update operations set error_detail = 'virsh start: exit code 1' || chr(10) || 'error: cannot set up guest memory: Cannot allocate memory' where id = @id",
            ("id", operation), ("steps", OperationPlan.StepsOf(OperationKind.Start).ToArray()));
        await browser.Portal.Engine.FinishAsync(operation, StepName.AnnounceRoute);
        await browser.Portal.Engine.FinishAsync(operation, StepName.StartMachine, "failed");
        await browser.Portal.Engine.SayAsync(operation, "The machine could not be started. The host has no memory left for it.");
        await page.GotoAsync($"/admin/operations/{operation}");
        await browser.LiveAsync(page);
        await page.ClickAsync(".note summary");
        await look("operation");
    }

    private async Task DriftAsync()
    {
        await Worker.LookAsync();
        await Worker.FindDriftAsync("disk-missing", "shop-2", "The machine's disk is gone, and what was on it.", "Rebuild or delete the hosting: --repair cannot bring it back.", false);
        await Worker.FindDriftAsync("seed-missing", "shop-1", "The machine's first settings are gone.", "Write them again: fsck --repair.", true);
        var over = await Worker.FindDriftAsync("dhcp-unowned", "52:54:00:00:00:77", "A DHCP entry that no hosting owns.", "virsh net-update … delete ip-dhcp-host.", true);
        await browser.Portal.Database.ExecuteAsync("insert into drift_repairs (finding_id, asked_at, status) values (@id, now(), 'waiting')", ("id", over));
        await Worker.RepairAsync(over);
        await VisitAsync("/admin/drift", "drift");
    }

    private async Task AlertsAsync()
    {
        await browser.Portal.Database.ExecuteAsync(
            """
            insert into alert_targets (id, kind, name, address, secret, created_at, created_by, paused_at) values
                (gen_random_uuid(), 'webhook', 'on-call', 'https://example.org/webhoster', 'whsec_00', now(), gen_random_uuid(), now()),
                (gen_random_uuid(), 'mail', 'operators', 'ops@example.org', null, now(), gen_random_uuid(), null);
            insert into alerts (id, kind, subject, words, opened_at) values (gen_random_uuid(), 'backup_failed', 'tour', 'Little disk is left on host.', now());
            insert into alert_deliveries (id, alert_id, target_id, target_name, event, status, tries, created_at, last_try_at, delivered_at, error)
            select gen_random_uuid(), a.id, t.id, t.name, 'opened', case t.kind when 'mail' then 'delivered' else 'given_up' end, 3, now(), now(), now(), case t.kind when 'mail' then null else 'It answered 503.' end
            from alerts a, alert_targets t where a.subject = 'tour'
            """);
        await page.GotoAsync("/admin/alerts");
        await browser.LiveAsync(page);
        await Expect(page.Locator("[data-subject=disk-missing]").First).ToBeVisibleAsync();
        await page.ClickAsync("form .btn--primary");
        await Expect(page.Locator("#target-name-problem")).Not.ToBeEmptyAsync();
        await look("alerts");
    }

    private async Task VisitAsync(string path, string name)
    {
        await page.GotoAsync(path);
        await browser.LiveAsync(page);
        await look(name);
    }
}
