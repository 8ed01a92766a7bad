using Microsoft.Extensions.Logging;
using Quartz;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>A job that Quartz starts again and again; it may be late.</summary>
public sealed record RecurringJob(string Name, Type Type, TimeSpan Interval);

/// <summary>Puts the jobs into Quartz's tables at the start, and back whenever they are gone from there.</summary>
public sealed class JobsKeeper(ISchedulerFactory schedulers, IEnumerable<RecurringJob> jobs, ILogger<JobsKeeper> logger)
    : Clockwork(TimeSpan.FromSeconds(10), atOnce: true, "Quartz's jobs were not looked after", logger)
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
    }

    private static IJobDetail DetailOf(RecurringJob job) =>
        JobBuilder.Create().OfType(job.Type).WithIdentity(job.Name).StoreDurably().DisallowConcurrentExecution().Build();

    private static ITrigger TriggerOf(RecurringJob job) => TriggerBuilder.Create().WithIdentity(job.Name).ForJob(job.Name).StartNow()
        .WithSimpleSchedule(schedule => schedule.WithInterval(job.Interval).RepeatForever()).Build();
}
