using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;
using WebHoster.Core.Jobs;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Realtime;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>A job that Quartz starts again and again; it may be late.</summary>
public sealed record RecurringJob(string Name, Type Type, TimeSpan Interval);

/// <summary>
/// Puts the jobs into Quartz's tables at the start, and back whenever they are gone from there; holds them, lets them go on and starts one out of
/// turn as our rows say.
/// </summary>
public sealed class JobsKeeper(
    ISchedulerFactory schedulers, IEnumerable<RecurringJob> jobs, IDbContextFactory<WebHosterDb> factory, ChangeFeed feed, ILogger<JobsKeeper> logger)
    : BellClockwork(feed, "job", TimeSpan.FromSeconds(10), "Quartz's jobs were not looked after", logger)
{
    /// <summary>Older versions' jobs, whose classes are gone.</summary>
    private static readonly JobKey[] Former = [new("scan-hostings"), new("ensure-network")];

    /// <summary>Intervals may have changed since the last start: once, all are put there anew.</summary>
    private bool _asAtStart;

    protected override async Task RoundAsync(CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        if (!_asAtStart)
            await scheduler.DeleteJobs(Former, ct);
        if (!_asAtStart || !await scheduler.Exists(ReconcileJob.Key, ct))
            await scheduler.AddJob(JobBuilder.Create<ReconcileJob>().WithIdentity(ReconcileJob.Key).StoreDurably().Build(), AddJobOptions.Replacing, ct);
        foreach (var job in jobs)
        {
            if (!_asAtStart || !await scheduler.Exists(new TriggerKey(job.Name), ct))
                await scheduler.ScheduleJob(DetailOf(job), [TriggerOf(job)], ScheduleJobOptions.Replacing, ct);
        }
        _asAtStart = true;
        await FollowAsync(scheduler, ct);
    }

    /// <summary>A row that another worker has in hand is passed over.</summary>
    private async Task FollowAsync(IScheduler scheduler, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var controls = await db.JobControls.FromSql($"select * from job_controls for update skip locked").ToListAsync(ct);
        foreach (var control in controls.Where(c => jobs.Any(j => j.Name == c.Name)))
        {
            await HoldAsync(scheduler, control, ct);
            if (control.AskedAt is null)
                continue;
            // Before it is written that it was done: killed in between, it is done twice.
            await scheduler.TriggerJob(new JobKey(control.Name), ct);
            control.AskedAt = null;
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task HoldAsync(IScheduler scheduler, JobControl control, CancellationToken ct)
    {
        var trigger = new TriggerKey(control.Name);
        var isHeld = await scheduler.GetTriggerState(trigger, ct) == TriggerState.Paused;
        if (control.PausedAt is not null && !isHeld)
            await scheduler.PauseTrigger(trigger, ct);
        else if (control.PausedAt is null && isHeld)
            await scheduler.ResumeTrigger(trigger, ct);
    }

    private static IJobDetail DetailOf(RecurringJob job) =>
        JobBuilder.Create().OfType(job.Type).WithIdentity(job.Name).StoreDurably().DisallowConcurrentExecution().Build();

    private static ITrigger TriggerOf(RecurringJob job) => TriggerBuilder.Create().WithIdentity(job.Name).ForJob(job.Name).StartNow()
        .WithSimpleSchedule(schedule => schedule.WithInterval(job.Interval).RepeatForever()).Build();
}
