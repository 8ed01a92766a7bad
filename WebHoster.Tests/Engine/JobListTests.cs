using WebHoster.Infrastructure.Jobs;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

[Trait("Category", "Integration")]
public sealed class JobListTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task TheJobsAndTheirWorkerAreListedFromQuartzsTables()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var list = new JobList(engine.Factory);
        await Eventually.TrueAsync(async () => (await list.ReadAsync(default)).Jobs is { Count: > 0 } all && all.All(j => j.LastRunAt is not null));
        var (jobs, workers) = await list.ReadAsync(default);
        Assert.Equal([("check-health", 30), ("forget-idempotency-keys", 3600)], jobs.Select(j => (j.Name, j.EverySeconds)));
        var job = jobs[0];
        Assert.InRange(job.NextRunAt!.Value - job.LastRunAt!.Value, TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(31));
        Assert.InRange(DateTimeOffset.UtcNow - Assert.Single(workers).LastSeenAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }
}
