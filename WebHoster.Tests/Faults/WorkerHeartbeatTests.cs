using System.Diagnostics;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>A real worker that is killed is seen as gone by the other within seconds; one that stops says so itself.</summary>
[Trait("Category", "Faults")]
public sealed class WorkerHeartbeatTests(FaultHost host) : IClassFixture<FaultHost>
{
    [Fact]
    public async Task AKilledWorkerIsGoneWithinSecondsAndItsRunsAreNotLeftOpen()
    {
        await AwaitBothAsync();
        var name = $"{Environment.MachineName}:{host.Workers[0].Id}";
        await host.Postgres.ExecuteAsync("insert into job_runs (job, worker, started_at, outcome) values ('sweep-host', @name, now(), 'running')", ("name", name));
        var watch = Stopwatch.StartNew();
        await host.Workers[0].KillAsync();

        await Eventually.TrueAsync(async () => await CountAsync($"name = '{name}' and gone_at is not null") == 1);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15));
        Assert.Equal("The worker that did it is gone.", await host.Postgres.ScalarAsync<string>(
            "select error from job_runs where worker = @name and job = 'sweep-host' order by id desc limit 1", ("name", name)));
        Assert.True(await CountAsync("stopped_at is null and gone_at is null") >= 1);
    }

    [Fact]
    public async Task AWorkerThatIsToldToStopSaysSoAndTheNextOneIsAlive()
    {
        await AwaitBothAsync();
        var worker = host.Workers[0];
        var name = $"{Environment.MachineName}:{worker.Id}";
        await worker.StopAsync();
        Assert.Equal(1, await CountAsync($"name = '{name}' and stopped_at is not null and gone_at is null and busy = 0"));
        await AwaitBothAsync();
        Assert.Equal(1, await CountAsync($"name = '{name}' and stopped_at is not null and gone_at is null"));
    }

    /// <summary>The pool starts another in the place of one that ended: a real process, on a machine that may be busy.</summary>
    private async Task AwaitBothAsync()
    {
        for (var watch = Stopwatch.StartNew(); await CountAsync("stopped_at is null and gone_at is null") != 2; await Task.Delay(200))
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "Two workers are not alive.");
    }

    private Task<long> CountAsync(string where) => host.Postgres.ScalarAsync<long>($"select count(*) from workers where {where}")!;
}
