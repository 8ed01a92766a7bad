using Microsoft.EntityFrameworkCore;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>A job that comes round again and again.</summary>
/// <param name="EverySeconds">Its schedule.</param>
public sealed record JobSchedule(string Name, double EverySeconds, string State, DateTimeOffset? LastRunAt, DateTimeOffset? NextRunAt);

/// <summary>A worker of Quartz's cluster, and when it last said that it lives.</summary>
public sealed record WorkerCheckIn(string Name, DateTimeOffset LastSeenAt);

/// <summary>What Quartz's tables say, wherever the workers run.</summary>
public sealed class JobList(IDbContextFactory<WebHosterDb> factory)
{
    /// <summary>Both empty where no worker ever started.</summary>
    public async Task<(IReadOnlyList<JobSchedule> Jobs, IReadOnlyList<WorkerCheckIn> Workers)> ReadAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        if (!await db.Database.SqlQuery<bool>($"select to_regclass('qrtz_triggers') is not null as \"Value\"").SingleAsync(ct))
            return ([], []);
        var triggers = await db.Database.SqlQuery<TriggerRow>(
            $"""
             select t.job_name as "Name", s.repeat_interval as "Interval", t.trigger_state as "State", t.prev_fire_time as "Last", t.next_fire_time as "Next"
             from qrtz_triggers t join qrtz_simple_triggers s using (sched_name, trigger_name, trigger_group)
             where s.repeat_count < 0 order by t.job_name
             """).ToListAsync(ct);
        var workers = await db.Database.SqlQuery<WorkerRow>(
            $"""select instance_name as "Name", last_checkin_time as "Seen" from qrtz_scheduler_state order by instance_name""").ToListAsync(ct);
        return (
            [.. triggers.Select(t => new JobSchedule(t.Name, t.Interval / 1000.0, t.State.ToLowerInvariant(), At(t.Last), At(t.Next)))],
            [.. workers.Select(w => new WorkerCheckIn(w.Name, At(w.Seen)!.Value))]);
    }

    // Quartz keeps ticks; none is null, 0 or -1.
    private static DateTimeOffset? At(long? ticks) => ticks > 0 ? new DateTimeOffset(ticks.Value, TimeSpan.Zero) : null;

    private sealed record TriggerRow(string Name, long Interval, string State, long? Last, long? Next);

    private sealed record WorkerRow(string Name, long Seen);
}
