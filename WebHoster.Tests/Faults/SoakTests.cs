using System.Diagnostics;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>One worker through many lives of many hostings: what it takes up afterwards is what it took up before.</summary>
[Trait("Category", "Faults")]
public sealed class SoakTests(SoakHost host, ITestOutputHelper output) : IClassFixture<SoakHost>
{
    private const int Users = 4;
    private const int WarmUp = 20;

    /// <summary>The confirmed one and the one before, of each nginx.</summary>
    private const int KeptGenerations = 4;

    /// <summary>Not two looks are alike: sockets of the latest requests.</summary>
    private const int Slack = 8;

    /// <summary>Garbage is collected when memory is short, which it is not: so bounded, not equal.</summary>
    private const double MemoryGrowth = 1.5;

    private static readonly OperationKind[] Cycle =
        [OperationKind.Create, OperationKind.Rebuild, OperationKind.Stop, OperationKind.Start, OperationKind.Delete];

    [Fact]
    public async Task ManyLivesLeaveAWorkerAsItWas()
    {
        var plan = new FaultPlan(output, usual: 10);
        var worker = Assert.Single(host.Workers);
        await LiveAsync(Math.Min(WarmUp, plan.Runs));
        var before = await Footprint.LeastAsync(() => host.LookAsync(worker));
        output.WriteLine($"before: {before}");

        var watch = Stopwatch.StartNew();
        await LiveAsync(plan.Runs);
        var took = watch.Elapsed;
        var after = await Footprint.LeastAsync(() => host.LookAsync(worker));

        output.WriteLine($"after {plan.Runs} cycles in {took.TotalSeconds:0} s: {after}");
        Assert.False(worker.Exited.IsCompleted, worker.Log);
        Assert.InRange(after.MemoryMb, 0, before.MemoryMb * MemoryGrowth);
        Assert.InRange(after.Descriptors, 0, before.Descriptors + Slack);
        Assert.InRange(after.Threads, 0, before.Threads + Environment.ProcessorCount + Users);
        Assert.InRange(after.Connections, 0, Math.Max(before.Connections, FaultHost.WorkersPool));
        Assert.Equal((before.NginxWorkers, before.NginxDescriptors), (after.NginxWorkers, after.NginxDescriptors));
        Assert.Equal(0, after.Rings);
        Assert.DoesNotContain(after.Files.Except(before.Files), f => !Footprint.IsOfAGeneration(f));
        Assert.InRange(after.Generations, 0, KeptGenerations);
        await host.AssertFsckCleanAsync($"{plan.Runs} cycles");
    }

    private async Task LiveAsync(int cycles)
    {
        var owners = await Task.WhenAll(Enumerable.Range(0, Users).Select(_ => host.AddUserAsync()));
        var left = cycles;
        await Task.WhenAll(owners.Select(async owner =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                foreach (var kind in Cycle)
                    EngineHost.AssertSucceeded(await host.DoAsync(owner, kind));
            }
        }));
    }
}

/// <summary>With one worker, that alone is measured.</summary>
public sealed class SoakHost : FaultHost
{
    protected override int WorkerCount => 1;

    internal async Task<Footprint> LookAsync(WorkerProcess worker)
    {
        var connections = await Postgres.ScalarAsync<long>("select count(*) from pg_stat_activity where application_name = @name", ("name", WorkersName));
        var rings = await Postgres.ScalarAsync<long>(
            "select count(*) from (select job_name from qrtz_triggers union all select job_name from qrtz_fired_triggers) t where job_name = 'reconcile-hosting'");
        var masters = new[] { Nginx.Sites.RunningPid()!.Value, Nginx.Ssh.RunningPid()!.Value };
        return new Footprint(
            Footprint.ResidentMb(worker.Id), Footprint.DescriptorsOf(worker.Id) - (int)connections, Footprint.ThreadsOf(worker.Id), (int)connections,
            masters.Sum(Footprint.ChildrenOf), masters.Sum(Footprint.DescriptorsOf), rings,
            [.. Directory.GetFiles(Data, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Data, f))]);
    }
}
