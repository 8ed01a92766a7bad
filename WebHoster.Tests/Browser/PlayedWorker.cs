using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Browser;

/// <summary>Writes the rows that workers write, from another connection: pages must show it, whoever writes.</summary>
internal sealed class PlayedWorker(PostgresFixture database)
{
    public Task BeatAsync(string name, int busy = 2) => database.ExecuteAsync(
        """
        insert into workers (id, name, host, version, started_at, seen_at, parallelism, busy)
        values (md5(@name)::uuid, @name, split_part(@name, ':', 1), '1.0.0', now() - interval '3 hours', now(), 4, @busy)
        on conflict (id) do update set seen_at = now(), busy = @busy, gone_at = null
        """, ("name", name), ("busy", busy));

    /// <summary>A heartbeat every second until the token ends.</summary>
    public async Task LiveAsync(string name, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            await BeatAsync(name);
            await Task.Delay(TimeSpan.FromSeconds(1), until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task AddOperationsAsync(string status, int count, string ago = "1 minute", string? error = null) => database.ExecuteAsync(
        $"""
         insert into operations (id, kind, status, hosting_id, owner_id, slug, created_at, started_at, finished_at, error)
         select gen_random_uuid(), 'start', @status, gen_random_uuid(), gen_random_uuid(), 'shop-' || n, now() - interval '{ago}' - interval '4 seconds', now() - interval '{ago}' - interval '3 seconds',
             case when @status in ('queued', 'running') then null else now() - interval '{ago}' end, @error
         from generate_series(1, {count}) n
         """, ("status", status), ("error", error));

    public async Task<Guid> FindDriftAsync(string kind, string subject, string words, string mend, bool mendable)
    {
        var id = Guid.NewGuid();
        await database.ExecuteAsync(
            """
            insert into drift_findings (id, kind, subject, words, mend, mendable, first_run_id, first_seen_at, last_seen_at, sightings)
            values (@id, @kind, @subject, @words, @mend, @mendable, 1, now() - interval '3 minutes', now(), 3)
            """, ("id", id), ("kind", kind), ("subject", subject), ("words", words), ("mend", mend), ("mendable", mendable));
        return id;
    }

    public Task LookAsync(string? error = null) => database.ExecuteAsync(
        """
        insert into drift_runs (asked_at, worker, started_at, finished_at, differences, hostings, pending, error)
        values (now() - interval '2 seconds', 'host:1234', now() - interval '2 seconds', now(), 0, 12, 1, @error)
        """, ("error", error));

    /// <summary>The end of a repair that was asked for, and of its finding.</summary>
    public Task RepairAsync(Guid finding) => database.ExecuteAsync(
        """
        update drift_repairs set status = 'repaired', worker = 'host:1234', started_at = now(), finished_at = now() where finding_id = @id;
        update drift_findings f set ended_at = now(), ended = 'repaired', repaired_by = (select asked_by from drift_repairs where finding_id = f.id limit 1) where id = @id
        """, ("id", finding));

    /// <summary>As much of Quartz's tables as the portal reads, with the jobs that a worker would have put there.</summary>
    public Task BringJobsAsync() => database.ExecuteAsync(
        """
        create table if not exists qrtz_triggers (sched_name text, trigger_name text, trigger_group text, job_name text, trigger_state text, prev_fire_time bigint, next_fire_time bigint);
        create table if not exists qrtz_simple_triggers (sched_name text, trigger_name text, trigger_group text, repeat_interval bigint, repeat_count int);
        delete from qrtz_triggers; delete from qrtz_simple_triggers; delete from job_controls;
        insert into qrtz_triggers select 's', n, 'g', n, 'WAITING', ticks - 200000000, ticks + 100000000
        from unnest(array['check-health', 'forget-idempotency-keys', 'sweep-host']) n, (select (extract(epoch from now()) * 10000000)::bigint + 621355968000000000 as ticks) t;
        insert into qrtz_simple_triggers select 's', job_name, 'g', case job_name when 'check-health' then 30000 when 'sweep-host' then 60000 else 3600000 end, -1 from qrtz_triggers;
        insert into job_controls (name, paused_at) values ('forget-idempotency-keys', now());
        insert into job_runs (job, worker, started_at, finished_at, outcome, note, error, error_detail)
        select job, 'host:1234', now() - n * interval '1 minute' - interval '2 seconds', now() - n * interval '1 minute', case when bad then 'failed' else 'succeeded' end, case when not bad and job = 'sweep-host' then 'Nothing differs.' end,
            case when bad then 'The host was not swept. The host''s virtualisation service is not running.' end, case when bad then 'virsh list --all: exit code 1' || chr(10) || 'error: Failed to connect socket to ''/var/run/libvirt/libvirt-sock''' end
        from unnest(array['check-health', 'sweep-host']) job, generate_series(59, 0, -1) n, lateral (select job = 'sweep-host' and n % 20 = 0 as bad) b
        """);
}
