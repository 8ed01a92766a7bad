using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Jobs;

/// <summary>Each number is counted in PostgreSQL when it is asked for: another connection changes it.</summary>
[Trait("Category", "Integration")]
public sealed class JobBoardTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private IHost _portal = null!;

    private JobBoard Board => _portal.Services.GetRequiredService<JobBoard>();

    public async Task InitializeAsync()
    {
        _portal = EngineHost.BuildPortal(postgres.ConnectionString);
        await _portal.Services.GetRequiredService<Migrator>().MigrateAsync();
        await postgres.ExecuteAsync("truncate operations, hostings, slots, job_runs, users cascade");
    }

    public Task DisposeAsync()
    {
        _portal.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task EveryOperationIsInExactlyOneState()
    {
        await AddAsync("queued", 3);
        await AddAsync("running", 2);
        await AddAsync("succeeded", 5);
        await AddAsync("failed", 4);
        await AddAsync("cancelled", 1);
        Assert.Equal(new JobCounts(3, 2, 0, 5, 4, 1), await Board.CountAsync(default));

        await PutOffAsync("running");
        Assert.Equal(new JobCounts(3, 1, 1, 5, 4, 1), await Board.CountAsync(default));
        await postgres.ExecuteAsync("update operations set status = 'succeeded', finished_at = now() where status = 'queued'");
        Assert.Equal(new JobCounts(0, 1, 1, 8, 4, 1), await Board.CountAsync(default));
    }

    [Theory]
    [InlineData(MetricRange.Hour, 60, "30 seconds", "90 minutes")]
    [InlineData(MetricRange.Day, 96, "10 minutes", "25 hours")]
    [InlineData(MetricRange.Week, 168, "30 minutes", "8 days")]
    public async Task ThroughputCountsWhatEndedInEachStepAndHasEveryStep(MetricRange range, int steps, string lately, string longAgo)
    {
        await AddAsync("succeeded", 3, lately);
        await AddAsync("failed", 2, lately);
        await AddAsync("failed", 7, longAgo);
        await AddAsync("cancelled", 1, lately);
        await postgres.ExecuteAsync(
            $"""
             insert into job_runs (job, worker, started_at, finished_at, outcome)
             select 'sweep-host', 'w', now() - interval '{lately}', now() - interval '{lately}', case when n = 1 then 'failed' else 'succeeded' end from generate_series(1, 5) n
             """);
        var read = await Board.ReadThroughputAsync(range, default);
        Assert.Equal(steps, read.Points.Count);
        Assert.Equal(read.Points.Select(p => p.At), read.Points.Select((_, i) => read.From + i * read.Step));
        Assert.Equal((3L, 2L, 4L, 1L), (
            read.Points.Sum(p => p.OperationsSucceeded), read.Points.Sum(p => p.OperationsFailed), read.Points.Sum(p => p.JobsSucceeded), read.Points.Sum(p => p.JobsFailed)));
        Assert.InRange(DateTimeOffset.UtcNow, read.To - read.Step, read.To + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task LinesOfWhatEndedLongAgoAreForgottenAndTheOperationsStay()
    {
        await AddAsync("succeeded", 1, "91 days");
        await AddAsync("failed", 1, "89 days");
        await AddAsync("running", 1, "91 days");
        await postgres.ExecuteAsync("insert into operation_events (operation_id, at, message) select id, created_at, status || n from operations, generate_series(1, 2) n");
        var logs = new OperationLogs(_portal.Services.GetRequiredService<IDbContextFactory<WebHosterDb>>(), TimeProvider.System);
        Assert.Equal((2, 0), (await logs.ForgetAsync(default), await logs.ForgetAsync(default)));
        Assert.Equal("failed1 failed2 running1 running2", await postgres.ScalarAsync<string>("select string_agg(message, ' ' order by message) from operation_events"));
        Assert.Equal(3, await postgres.ScalarAsync<long>("select count(*) from operations"));
    }

    private Task AddAsync(string status, int count, string ago = "1 minute") => postgres.ExecuteAsync(
        $"""
         insert into operations (id, kind, status, hosting_id, owner_id, slug, created_at, finished_at)
         select gen_random_uuid(), 'start', @status, gen_random_uuid(), gen_random_uuid(), 'counted', now() - interval '{ago}',
             case when @status in ('queued', 'running') then null else now() - interval '{ago}' end
         from generate_series(1, {count})
         """, ("status", status));

    /// <summary>One of these gets a hosting whose next try is to come.</summary>
    private async Task PutOffAsync(string status)
    {
        await using var db = postgres.NewContext();
        var user = EngineHost.NewUser("waits");
        var slot = new Core.Slots.Slot(1);
        var hosting = new Core.Hostings.Hosting(Guid.NewGuid(), user.Id, 1, "waits", slot, new Core.Hostings.MachineSize(1024, 1, 10), DateTimeOffset.UtcNow);
        hosting.PutOff(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
        db.AddRange(user, slot, hosting);
        await db.SaveChangesAsync();
        await db.Database.ExecuteSqlAsync(
            $"update operations set hosting_id = {hosting.Id} where id = (select id from operations where status = {status} limit 1)");
    }
}
