using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WebHoster.Core.Errors;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Metrics;
using Xunit;

namespace WebHoster.Tests.Metrics;

[Trait("Category", "Integration")]
public sealed class MetricsStoreTests(MetricsHost host) : IClassFixture<MetricsHost>
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task AnOwnerSeesTheFiguresAndAStrangerNothing()
    {
        var (owner, hostings) = await host.AddAsync(1);
        Assert.Equal(1, await host.Store.WriteAsync(Noon, [MetricsHost.Sample(hostings[0], 42)], default));
        var series = await host.QueriesAt(Noon.AddSeconds(5)).ReadAsync(owner, hostings[0], MetricRange.Hour);
        Assert.Equal(new MetricFigures(Noon, 42, 100, 900, 500, 1, 2, 3, 4), Assert.Single(series.Points));
        Assert.Equal((1024, TimeSpan.FromSeconds(20)), (series.Size.MemoryMb, series.Step));
        await Assert.ThrowsAsync<NotFoundException>(() => host.QueriesAt(Noon).ReadAsync(Guid.NewGuid(), hostings[0], MetricRange.Hour));
    }

    [Fact]
    public async Task ARoundOfAThousandMachinesIsAnnouncedOnceAndQuick()
    {
        var (_, hostings) = await host.AddAsync(1000);
        await using var listener = new NpgsqlConnection(host.Postgres.ConnectionString);
        await listener.OpenAsync();
        List<string> heard = [];
        listener.Notification += (_, message) => heard.Add(message.Payload);
        await using (var listen = new NpgsqlCommand("listen webhoster", listener))
            await listen.ExecuteNonQueryAsync();

        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(1000, await host.Store.WriteAsync(Noon, [.. hostings.Select(h => MetricsHost.Sample(h))], default));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
        Assert.True(await listener.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("\"metrics\"", Assert.Single(heard));
    }

    [Fact]
    public async Task WhatIsNoHostingsMachineIsLeftOutAndAnnouncesNothing() =>
        Assert.Equal(0, await host.Store.WriteAsync(Noon, [MetricsHost.Sample(Guid.NewGuid())], default));

    [Fact]
    public async Task ALateOrSecondWorkerChangesNothing()
    {
        var (owner, hostings) = await host.AddAsync(1);
        await host.Store.WriteAsync(Noon, [MetricsHost.Sample(hostings[0], 42)], default);
        Assert.Equal(0, await host.Store.WriteAsync(Noon.AddSeconds(3), [MetricsHost.Sample(hostings[0], 1)], default));
        Assert.Equal(0, await host.Store.WriteAsync(Noon.AddHours(-1), [MetricsHost.Sample(hostings[0], 2)], default));
        var series = await host.QueriesAt(Noon.AddSeconds(5)).ReadAsync(owner, hostings[0], MetricRange.Hour);
        Assert.Equal(42, Assert.Single(series.Points).CpuPercent);
    }

    [Fact]
    public async Task RingsDoNotGrowNorDoesTheirIndexAndTheyGoWithTheHosting()
    {
        var (_, hostings) = await host.AddAsync(20);
        List<MetricSample> samples = [.. hostings.Select(h => MetricsHost.Sample(h))];
        async Task LapAsync(int lap)
        {
            for (var i = 0; i < MetricGrain.Fine.Places; i++)
                await host.Store.WriteAsync(Noon + (MetricGrain.Fine.Reach * lap) + (MetricGrain.Fine.Step * i), samples, default);
        }
        Task<long> SizeAsync() => host.Postgres.ScalarAsync<long>("select pg_relation_size('\"PK_metric_points\"')");
        Task<long> CountAsync() => host.Postgres.ScalarAsync<long>(
            "select count(*) from metric_points where hosting_id = any(@ids)", ("ids", hostings.ToArray()));

        await LapAsync(0);
        var size = await SizeAsync();
        await LapAsync(1);
        await LapAsync(2);
        Assert.Equal(20 * MetricGrain.Fine.Places, await CountAsync());
        // Somebody else's old snapshot may hold a page back; without reuse it would be three times as large.
        Assert.InRange(await SizeAsync(), size, size * 3 / 2);

        await host.Postgres.ExecuteAsync("delete from hostings where id = any(@ids)", ("ids", hostings.ToArray()));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task WholeStepsAreAveragedOnceAndTheRestIsAveragedWhenItIsAskedFor()
    {
        var (owner, hostings) = await host.AddAsync(1);
        // 11:50 to 12:05, one per cent more each minute.
        for (var at = Noon.AddMinutes(-10); at < Noon.AddMinutes(5); at += MetricGrain.Fine.Step)
            await host.Store.WriteAsync(at, [MetricsHost.Sample(hostings[0], (at - Noon).TotalMinutes + 10 - ((at - Noon).TotalMinutes + 10) % 1)], default);
        var now = Noon.AddMinutes(5);
        Assert.Equal(1, await host.Store.RollUpAsync(MetricGrain.Fine, MetricGrain.Day, Noon.AddHours(-1), now, default));
        Assert.Equal(0, await host.Store.RollUpAsync(MetricGrain.Fine, MetricGrain.Day, Noon.AddHours(-1), now, default));
        Assert.Equal(1, await host.Store.RollUpAsync(MetricGrain.Day, MetricGrain.Week, Noon.AddHours(-1), now, default));

        var day = await host.QueriesAt(now).ReadAsync(owner, hostings[0], MetricRange.Day);
        Assert.Equal([(Noon.AddMinutes(-10), 4.5), (Noon, 12)], day.Points.Select(p => (p.At, Math.Round(p.CpuPercent, 3))));
        var week = await host.QueriesAt(now).ReadAsync(owner, hostings[0], MetricRange.Week);
        Assert.Equal([(Noon.AddHours(-1), 4.5), (Noon, 12)], week.Points.Select(p => (p.At, Math.Round(p.CpuPercent, 3))));
    }

    [Fact]
    public async Task NoRangeHasMoreThan181PointsAndTheIndexFindsThem()
    {
        var (owner, hostings) = await host.AddAsync(100);
        foreach (var grain in new[] { MetricGrain.Fine, MetricGrain.Day, MetricGrain.Week })
        {
            await host.Postgres.ExecuteAsync(
                """
                insert into metric_points (hosting_id, grain, place, at, cpu_percent, disk_read, disk_written, net_received, net_sent)
                select h, @grain, n, @last - n * make_interval(secs => @grain), 1, 1, 1, 1, 1 from unnest(@ids) h, generate_series(0, @places - 1) n
                """, ("grain", grain.Seconds), ("last", grain.StartOf(Noon)), ("places", grain.Places), ("ids", hostings.ToArray()));
        }
        await host.Postgres.ExecuteAsync("analyze metric_points");

        foreach (var range in Enum.GetValues<MetricRange>())
            Assert.InRange((await host.QueriesAt(Noon.AddSeconds(9)).ReadAsync(owner, hostings[7], range)).Points.Count, 140, 181);

        await using var db = await host.Factory.CreateDbContextAsync();
        foreach (var grain in new[] { MetricGrain.Fine, MetricGrain.Week })
        {
            var plan = await ExplainAsync(MetricsQueries.Read(db, hostings[7], grain, grain.Step, Noon - grain.Reach).CreateDbCommand());
            Assert.Contains("PK_metric_points", plan);
            Assert.DoesNotContain("Seq Scan on metric_points", plan);
        }
    }

    private static async Task<string> ExplainAsync(DbCommand command)
    {
        command.CommandText = "explain " + command.CommandText;
        await command.Connection!.OpenAsync();
        await using var reader = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        await command.Connection.CloseAsync();
        return string.Join('\n', lines);
    }
}
