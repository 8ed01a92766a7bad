using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Jobs;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>A job that comes round again and again.</summary>
/// <param name="EverySeconds">Its schedule.</param>
/// <param name="State">Quartz's word for its trigger.</param>
/// <param name="PausedAt">Since when an administrator holds it; null where nobody does.</param>
/// <param name="LastRun">The newest run that is known; null where it never ran.</param>
public sealed record JobSchedule(
    string Name, double EverySeconds, string State, DateTimeOffset? LastRunAt, DateTimeOffset? NextRunAt, DateTimeOffset? PausedAt, bool IsAsked, JobRun? LastRun);

/// <summary>The recurring jobs: what Quartz's tables say of them wherever the workers run, what administrators want of them, and how they went.</summary>
public sealed class JobList(IDbContextFactory<WebHosterDb> factory)
{
    /// <summary>By name; empty where no worker ever started.</summary>
    public async Task<IReadOnlyList<JobSchedule>> ListAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        if (!await db.Database.SqlQuery<bool>($"select to_regclass('qrtz_triggers') is not null as \"Value\"").SingleAsync(ct))
            return [];
        var triggers = await db.Database.SqlQuery<TriggerRow>(
            $"""
             select t.job_name as "Name", s.repeat_interval as "Interval", t.trigger_state as "State", t.prev_fire_time as "Last", t.next_fire_time as "Next"
             from qrtz_triggers t join qrtz_simple_triggers s using (sched_name, trigger_name, trigger_group)
             where s.repeat_count < 0 order by t.job_name
             """).ToListAsync(ct);
        var controls = await db.JobControls.AsNoTracking().ToDictionaryAsync(c => c.Name, ct);
        var names = triggers.Select(t => t.Name).ToArray();
        var runs = await db.JobRuns.FromSql(
            $"select r.* from unnest({names}) n cross join lateral (select * from job_runs where job = n order by id desc limit 1) r")
            .AsNoTracking().ToDictionaryAsync(r => r.Job, ct);
        return
        [
            .. triggers.Select(t => new JobSchedule(
                t.Name, t.Interval / 1000.0, t.State.ToLowerInvariant(), At(t.Last), At(t.Next),
                controls.GetValueOrDefault(t.Name)?.PausedAt, controls.GetValueOrDefault(t.Name)?.AskedAt is not null, runs.GetValueOrDefault(t.Name))),
        ];
    }

    /// <summary>A job's runs, newest first.</summary>
    public async Task<IReadOnlyList<JobRun>> ListRunsAsync(string name, int most, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.JobRuns.AsNoTracking().Where(r => r.Job == name).OrderByDescending(r => r.Id).Take(most).ToListAsync(ct);
    }

    /// <summary>Every worker of the last day: those that live first.</summary>
    public async Task<IReadOnlyList<Worker>> ListWorkersAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Workers.AsNoTracking().OrderByDescending(w => w.StoppedAt == null && w.GoneAt == null).ThenByDescending(w => w.SeenAt).Take(20).ToListAsync(ct);
    }

    // Quartz keeps ticks; none is null, 0 or -1.
    private static DateTimeOffset? At(long? ticks) => ticks > 0 ? new DateTimeOffset(ticks.Value, TimeSpan.Zero) : null;

    private sealed record TriggerRow(string Name, long Interval, string State, long? Last, long? Next);
}
