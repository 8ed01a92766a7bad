using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Jobs;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

[Trait("Category", "Integration")]
public sealed class JobListTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string EmptyQuartz =
        """
        do $$ begin
            loop
                begin
                    execute (select 'truncate ' || string_agg(quote_ident(tablename), ', ') from pg_tables where tablename ilike 'qrtz%');
                    exit;
                exception when deadlock_detected then null; -- Quartz was at it
                end;
            end loop;
        end $$
        """;

    private static readonly Guid Admin = Guid.NewGuid();

    [Fact]
    public async Task TheJobsTheirRunsAndTheirWorkerAreListed()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var list = new JobList(engine.Factory);
        await Eventually.TrueAsync(async () => (await list.ListAsync(default)) is { Count: 3 } all && all.All(j => j.LastRun?.Outcome == JobOutcome.Succeeded));
        var jobs = await list.ListAsync(default);
        Assert.Equal([("check-health", 30), ("forget-history", 3600), ("forget-idempotency-keys", 3600)], jobs.Select(j => (j.Name, j.EverySeconds)));
        // Another test may have run it out of turn a moment ago: its times are the schedule's all the same.
        Assert.InRange(jobs[0].NextRunAt!.Value, jobs[0].LastRunAt!.Value, jobs[0].LastRunAt!.Value.AddSeconds(31));
        var worker = Assert.Single(await list.ListWorkersAsync(default), w => w.State == WorkerState.Alive);
        Assert.Equal((WorkerState.Alive, 4, 0), (worker.State, worker.Parallelism, worker.Busy));
    }

    [Fact]
    public async Task APausedJobStaysPausedThoughQuartzLosesItsRowsAndRunsOutOfTurnAllTheSame()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var list = new JobList(engine.Factory);
        var requests = new JobRequests(engine.Factory, list, TimeProvider.System);
        await Eventually.TrueAsync(async () => await NewestAsync(engine, "check-health") is { Outcome: JobOutcome.Succeeded });

        await requests.PauseAsync(Admin, "check-health", null, default);
        await Eventually.TrueAsync(() => IsAsync("paused"));
        await postgres.ExecuteAsync(EmptyQuartz);
        await Eventually.TrueAsync(() => IsAsync("paused"));

        var before = (await NewestAsync(engine, "check-health"))!.Id;
        await requests.RunNowAsync(Admin, "check-health", null, default);
        await Eventually.TrueAsync(async () => await NewestAsync(engine, "check-health") is { Outcome: JobOutcome.Succeeded } run && run.Id > before);
        // While it runs Quartz calls it blocked as well.
        await Eventually.TrueAsync(() => IsAsync("paused"));
        await requests.ResumeAsync(Admin, "check-health", null, default);
        // Waiting, or acquired by the scheduler for its next time.
        await Eventually.TrueAsync(async () => !await IsAsync("paused"));
        await Assert.ThrowsAsync<Core.Errors.NotFoundException>(() => requests.PauseAsync(Admin, "none-such", null, default));

        async Task<bool> IsAsync(string state) => (await list.ListAsync(default)).SingleOrDefault(j => j.Name == "check-health")?.State == state;
    }

    [Fact]
    public async Task ARunThatFailsSaysWhy()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var requests = new JobRequests(engine.Factory, new JobList(engine.Factory), TimeProvider.System);
        await Eventually.TrueAsync(async () => await NewestAsync(engine, "forget-idempotency-keys") is { Outcome: JobOutcome.Succeeded });
        await postgres.ExecuteAsync("alter table idempotency_records rename to elsewhere");
        try
        {
            await requests.RunNowAsync(Admin, "forget-idempotency-keys", null, default);
            await Eventually.TrueAsync(async () => await NewestAsync(engine, "forget-idempotency-keys") is { Outcome: JobOutcome.Failed });
        }
        finally
        {
            await postgres.ExecuteAsync("alter table elsewhere rename to idempotency_records");
        }
        var run = (await NewestAsync(engine, "forget-idempotency-keys"))!;
        Assert.StartsWith("Old idempotency keys and sessions were not removed.", run.Error);
        Assert.Contains("idempotency_records", run.Error);
        Assert.Contains("PostgresException", run.ErrorDetail);
    }

    private static async Task<JobRun?> NewestAsync(EngineHost engine, string job)
    {
        await using var db = await engine.DbAsync();
        return await db.JobRuns.AsNoTracking().Where(r => r.Job == job).OrderByDescending(r => r.Id).FirstOrDefaultAsync();
    }
}
