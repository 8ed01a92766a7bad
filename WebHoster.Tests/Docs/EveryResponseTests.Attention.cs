using System.Net;
using System.Net.Http.Json;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>What is asked of jobs, drift and alerts.</summary>
public sealed partial class EveryResponseTests
{
    /// <summary>A worker that has been there has left its recurring jobs.</summary>
    private async Task BringJobsAlongAsync()
    {
        await using var engine = await EngineHost.StartAsync(portal.Database);
        await Eventually.TrueAsync(async () => (await new JobList(engine.Factory).ListAsync(default)).Count > 2);
    }

    private async Task LookAfterAsync(HttpClient admin, string name)
    {
        foreach (var path in new[] { "jobs/throughput", "jobs/throughput?range=some", "jobs/check-health/runs", "jobs/check-health/runs?limit=some", "drift", "drift/findings", "alerts", "alerts/targets", "alerts/deliveries" })
            await admin.GetAsync($"admin/{path}");
        foreach (var verb in new[] { "run", "pause", "resume" })
            await admin.PostAsync($"admin/jobs/check-health/{verb}", null);
        foreach (var path in new[] { "drift/check", "drift/repair" })
            await admin.PostAsync($"admin/{path}", null);
        await HurryAsync(admin, name);
        await RepairAsync(admin);
        await TellAsync(admin);
    }

    private async Task HurryAsync(HttpClient admin, string name)
    {
        var operation = await portal.Engine.NewestOperationAsync(name);
        await admin.GetAsync($"admin/operations/{operation}/log");
        await admin.GetAsync($"admin/operations/{operation}/log?after=some");
        await admin.PostAsync($"admin/operations/{operation}/hurry", null);
        var waits = await Person.AddAsync(portal);
        await waits.CreateHostingAsync();
        await portal.Database.ExecuteAsync("update hostings set next_attempt_at = now() + interval '1 hour' where slug = @slug", ("slug", waits.Name));
        await admin.PostAsync($"admin/operations/{await portal.Engine.NewestOperationAsync(waits.Name)}/hurry", null);
    }

    private async Task RepairAsync(HttpClient admin)
    {
        foreach (var mendable in new[] { true, false })
        {
            var id = Guid.NewGuid();
            await portal.Database.ExecuteAsync(
                """
                insert into drift_findings (id, kind, subject, words, mend, mendable, first_run_id, first_seen_at, last_seen_at, sightings)
                values (@id, 'planted', @subject, 'Words.', 'Mend.', @mendable, 1, now(), now(), 1)
                """, ("id", id), ("subject", $"{mendable}"), ("mendable", mendable));
            await admin.GetAsync($"admin/drift/findings/{id}");
            await admin.PostAsync($"admin/drift/findings/{id}/repair", null);
        }
    }

    private async Task TellAsync(HttpClient admin)
    {
        var alert = Guid.NewGuid();
        await portal.Database.ExecuteAsync(
            "insert into alerts (id, kind, subject, words, opened_at) values (@id, 'backup_failed', 'planted', 'Words.', now())", ("id", alert));
        for (var i = 0; i < 2; i++)
            await admin.PostAsync($"admin/alerts/{alert}/dismiss", null);

        var ids = new List<string>();
        for (HttpResponseMessage? made = null; made?.StatusCode != HttpStatusCode.Conflict;)
        {
            made = await admin.PostAsJsonAsync("admin/alerts/targets", new { kind = "mail", name = "on-call", address = "ops@example.org" });
            Assert.Contains(made.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict });
            if (made.StatusCode == HttpStatusCode.Created)
                ids.Add((await made.DataAsync()).Text("id"));
        }
        var target = ids[0];
        await admin.PostAsync($"admin/alerts/targets/{target}/test", null);
        // Mail is not set up: the only try of a test fails.
        string? delivery = null;
        await Eventually.TrueAsync(async () =>
        {
            var given = (await (await admin.GetAsync($"admin/alerts/deliveries?status=given_up&target_id={target}")).DataAsync()).EnumerateArray().ToList();
            delivery = given.Count > 0 ? given[0].Text("id") : null;
            return delivery is not null;
        });
        await admin.PostAsync($"admin/alerts/deliveries/{delivery}/retry", null);
        foreach (var verb in new[] { "pause", "test", "resume" })
            await admin.PostAsync($"admin/alerts/targets/{target}/{verb}", null);
        foreach (var id in ids)
            await admin.DeleteAsync($"admin/alerts/targets/{id}");
        await admin.PostAsync($"admin/alerts/deliveries/{delivery}/retry", null);
    }
}
