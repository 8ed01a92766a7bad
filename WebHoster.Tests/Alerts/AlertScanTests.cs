using System.Net;
using WebHoster.Core.Alerts;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Alerts;

/// <summary>What is so, whoever wrote it, becomes an alert, and is resolved once it is so no more.</summary>
[Trait("Category", "Integration")]
public sealed class AlertScanTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Guid Admin = Guid.NewGuid();

    [Fact]
    public async Task AFailedOperationNeedsAttentionUntilTheSameWasDoneOrSomebodyPutItAside()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        var owner = EngineHost.NewUser("dora");
        await using (var db = postgres.NewContext())
        {
            db.Add(owner);
            await db.SaveChangesAsync();
        }
        await AddAsync("failed", "The create did not work.");
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.OperationFailed }]);
        var alert = (await host.Queries.ListOpenAsync(default))[0];
        Assert.Equal("The create of dora failed. The create did not work.", alert.Words);
        await AddAsync("succeeded", null);
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Count == 0);
        Assert.Equal(AlertEnd.Resolved, (await host.Queries.ListEndedAsync(1, default))[0].Ended);

        await AddAsync("failed", "Not again.");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Count == 1);
        await host.Book.DismissAsync(Admin, (await host.Queries.ListOpenAsync(default))[0].Id, IPAddress.Loopback, default);
        // A round that sees something new has seen this, too.
        await PlantAsync("file-foreign", "a", mendable: false, sightings: 1);
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Any(a => a.Subject == "file-foreign"));
        await PlantAsync("file-foreign", "b", mendable: false, sightings: 1);
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Any(a => a.Words.EndsWith("a, b.")));
        Assert.DoesNotContain(await host.Queries.ListOpenAsync(default), a => a.Kind == AlertKind.OperationFailed);

        Task AddAsync(string status, string? error) => postgres.ExecuteAsync(
            """
            insert into operations (id, kind, status, hosting_id, owner_id, slug, created_at, finished_at, error)
            values (gen_random_uuid(), 'create', @status, gen_random_uuid(), @owner, 'dora', clock_timestamp(), clock_timestamp(), @error)
            """, ("status", status), ("owner", owner.Id), ("error", error));
    }

    [Fact]
    public async Task AnOldFailureStaysToldWhileItsHostingIsFailedHoweverManyFailAfterIt()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        var owner = EngineHost.NewUser("otto");
        await using (var db = postgres.NewContext())
        {
            db.Add(owner);
            await db.SaveChangesAsync();
        }
        await postgres.ExecuteAsync(
            """
            insert into slots (number, state) values (0, 'held');
            insert into hostings (id, owner_id, ordinal, slug, slot_number, machine_id, generation, memory_mb, vcpus, disk_gb, keys_wanted, keys_applied,
                desired, status, health, route, created_at, lease_epoch, attempts)
            values (md5('otto')::uuid, @owner, 1, 'otto', 0, gen_random_uuid(), 1, 1024, 1, 10, 0, 0, 'stopped', 'failed', 'unknown', 'guest', now(), 0, 0);
            insert into operations (id, kind, status, hosting_id, owner_id, slug, created_at, finished_at, error)
            values (gen_random_uuid(), 'stop', 'failed', md5('otto')::uuid, @owner, 'otto', now() - interval '8 days', now() - interval '8 days', 'It did not stop.')
            """, ("owner", owner.Id));
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Words: "The stop of otto failed. It did not stop." }]);
        await postgres.ExecuteAsync(
            """
            insert into operations (id, kind, status, hosting_id, owner_id, slug, created_at, finished_at, error)
            select gen_random_uuid(), 'create', 'failed', gen_random_uuid(), @owner, 'otto-' || n, now(), now(), 'No.' from generate_series(1, 210) n
            """, ("owner", owner.Id));
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Count == 200);
        Assert.Empty(await host.Queries.ListEndedAsync(10, default));
        await postgres.ExecuteAsync("update hostings set status = 'stopped' where slug = 'otto'");
        await Eventually.TrueAsync(async () => (await host.Queries.ListEndedAsync(10, default)) is [{ Words: "The stop of otto failed. It did not stop." }]);
    }

    [Fact]
    public async Task AnOperationThatTakesTooLongIsToldUntilItIsOver()
    {
        await using var host = await AlertHost.StartAsync(postgres, settings: ["Engine:CreateDeadlineSeconds=600"]);
        await postgres.ExecuteAsync(
            """
            insert into operations (id, kind, status, hosting_id, owner_id, slug, created_at)
            select gen_random_uuid(), 'restart', 'running', gen_random_uuid(), gen_random_uuid(), 'slow-' || minutes, now() - minutes * interval '1 minute'
            from unnest(array[9, 11]) minutes
            """);
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.OperationSlow, Words: "The restart of slow-11 takes too long." }]);
        await postgres.ExecuteAsync("update operations set status = 'succeeded', finished_at = now() where slug = 'slow-11'");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Count == 0);
        Assert.Equal(AlertEnd.Resolved, (await host.Queries.ListEndedAsync(1, default))[0].Ended);
    }

    [Fact]
    public async Task DriftThatOnlyAPersonCanMendIsToldAtOnceOtherDriftWhenItStays()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        await PlantAsync("disk-missing", "bob", mendable: false, sightings: 1);
        await PlantAsync("seed-missing", "bob", mendable: true, sightings: 1);
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Count == 1);
        Assert.Equal("Something on the host differs. Words. (disk-missing of bob)", (await host.Queries.ListOpenAsync(default))[0].Words);
        await PlantAsync("disk-missing", "eve", mendable: false, sightings: 1);
        await postgres.ExecuteAsync("update drift_findings set sightings = 3 where kind = 'seed-missing'");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Any(a => a.Subject == "seed-missing"));
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Any(a => a.Words == "Several things on the host differ: disk-missing of bob, eve."));
        await postgres.ExecuteAsync("update drift_findings set ended_at = now(), ended = 'passed'");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Count == 0);
    }

    [Fact]
    public async Task AWorkerThatFallsSilentIsMissedAndItsSuccessorEndsThat()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        await StartWorkerAsync("old", "10 seconds");
        await Eventually.TrueAsync(async () => await postgres.ScalarAsync<bool>("select gone_at is not null from workers where name = 'old'"));
        await postgres.ExecuteAsync("update workers set gone_at = gone_at - interval '10 seconds'");
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.WorkerGone, Words: "The worker old has gone without a word." }]);
        await StartWorkerAsync("new", "0 seconds");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).All(a => a.Subject != "old"));
    }

    [Fact]
    public async Task AMachineThatDoesNotAnswerForAWhileIsToldUntilItDoes()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        var (owner, slot) = (EngineHost.NewUser("mute"), new Core.Slots.Slot(1));
        var hosting = new Core.Hostings.Hosting(Guid.NewGuid(), owner.Id, 1, "mute", slot, new Core.Hostings.MachineSize(1024, 1, 10), DateTimeOffset.UtcNow);
        await using (var db = postgres.NewContext())
        {
            db.AddRange(owner, slot, hosting);
            await db.SaveChangesAsync();
        }
        await postgres.ExecuteAsync("update hostings set status = 'running', health = 'no_http', unwell_since = now() - interval '4 minutes'");
        // A round that sees the one has seen the other, too.
        await PlantAsync("disk-missing", "bob", mendable: false, sightings: 1);
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.DriftFound }]);
        await postgres.ExecuteAsync("update hostings set unwell_since = now() - interval '6 minutes'");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Any(a => a.Kind == AlertKind.HostingUnwell && a.Subject == $"{hosting.Id}"));
        await postgres.ExecuteAsync("update hostings set unwell_since = null");
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.DriftFound }]);
    }

    [Fact]
    public async Task APausedBackupIsTold()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        await postgres.ExecuteAsync($"insert into job_controls (name, paused_at) values ('{Infrastructure.Backups.BackupJob.Name}', now())");
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.BackupFailed }]);
        await postgres.ExecuteAsync("delete from job_controls");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Count == 0);
    }

    [Fact]
    public async Task AJobThatFailsAgainAndAgainIsToldUntilItSucceeds()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        await postgres.ExecuteAsync("truncate job_runs");
        foreach (var _ in new[] { 1, 2 })
            await RunAsync("failed");
        // A round that sees the one has seen the other, too.
        await PlantAsync("disk-missing", "bob", mendable: false, sightings: 1);
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.DriftFound }]);
        await RunAsync("failed");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Any(
            a => a is { Kind: AlertKind.JobFailing, Subject: "sweep-host" } && a.Words.Contains("libvirt does not answer")));
        await RunAsync("succeeded");
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.DriftFound }]);
        await postgres.ExecuteAsync("truncate job_runs");

        Task RunAsync(string outcome) => postgres.ExecuteAsync(
            $"insert into job_runs (job, worker, started_at, finished_at, outcome, error) values ('sweep-host', 'w:1', now(), now(), '{outcome}', {(outcome == "failed" ? "'libvirt does not answer.'" : "null")})");
    }

    [Fact]
    public async Task LittleRoomIsTold()
    {
        await using var host = await AlertHost.StartAsync(postgres, worker: true, settings: ["Alerts:FreeSlots=100000", "Alerts:FreeMemoryPercent=100"]);
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Select(a => a.Subject).Order()
            .SequenceEqual([$"memory {Environment.MachineName}", "slots"]));
        await using var roomy = await AlertHost.StartAsync(postgres, fresh: false, worker: true);
        await host.DisposeAsync();
        await Eventually.TrueAsync(async () => (await roomy.Queries.ListOpenAsync(default)).Count == 0);
    }

    [Fact]
    public async Task APostgresqlThatIsAwayIsToldWhileItIsAndWrittenDownAfterwards()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var host = await AlertHost.StartAsync(postgres, worker: true, settings: ["Alerts:DatabaseSeconds=1"]);
        await host.AddTargetAsync(receiver);
        // The watch has seen the target once it has asked for the targets after that.
        await Eventually.TrueAsync(async () => await postgres.ScalarAsync<bool>(
            """
            select exists (select from pg_stat_activity, alert_targets t where datname = current_database() and state = 'idle' and query_start > t.created_at
                and query ilike '%from alert_targets%paused_at is null%' and query not ilike '%pg_stat_activity%' and query not ilike '%next_try_at%')
            """));
        await postgres.CutOffAsync();
        try
        {
            await Eventually.TrueAsync(() => receiver.Received.Count == 1);
            Assert.StartsWith("PostgreSQL does not answer.", receiver.Received.First().Json.GetProperty("alert").Text("words"));
        }
        finally
        {
            await postgres.LetInAsync();
        }
        await Eventually.TrueAsync(() => receiver.Received.Count == 2);
        Assert.Equal(["alert.opened", "alert.resolved"], receiver.Received.Select(r => r.Event));
        await Eventually.TrueAsync(async () => (await host.Queries.ListDeliveriesAsync(5, default)) is { Count: 2 } log && log.All(d => d.Delivery.Status == DeliveryStatus.Delivered));
    }

    private Task PlantAsync(string kind, string subject, bool mendable, int sightings) => postgres.ExecuteAsync(
        """
        insert into drift_findings (id, kind, subject, words, mend, mendable, first_run_id, first_seen_at, last_seen_at, sightings)
        values (gen_random_uuid(), @kind, @subject, 'Words.', 'Mend.', @mendable, 1, now(), now(), @sightings)
        """, ("kind", kind), ("subject", subject), ("mendable", mendable), ("sightings", sightings));

    private Task StartWorkerAsync(string name, string silent) => postgres.ExecuteAsync(
        $"""
         insert into workers (id, name, host, version, started_at, seen_at, parallelism, busy)
         values (gen_random_uuid(), @name, 'host', '1', now() - interval '{silent}', now() - interval '{silent}', 4, 0)
         """, ("name", name));
}
