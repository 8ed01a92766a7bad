using WebHoster.Core.Operations;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>SIGKILL around every effect, and at any moment.</summary>
[Trait("Category", "Faults")]
public sealed class KilledWorkerTests(FaultHost host, ITestOutputHelper output) : IClassFixture<FaultHost>
{
    private static readonly string[] Moments = ["kill-before", "kill-early", "kill-after"];

    [Theory]
    [InlineData(OperationKind.Create)]
    [InlineData(OperationKind.Delete)]
    public async Task WhereverAWorkerIsKilledTheNextOneEndsTheOperation(OperationKind kind)
    {
        var plan = new FaultPlan(output, usual: 1);
        var points = await host.RecordAsync(kind, effectsOnly: true);
        var all = points.SelectMany(_ => Moments, (call, moment) => (moment, call)).ToList();
        output.WriteLine($"{points.Count} effects, {all.Count} points");

        var runs = 0;
        foreach (var (moment, call) in plan.Choose(all))
        {
            var trial = await Trial.RunAsync(host, kind, moment, call);
            output.WriteLine($"{++runs}. {trial}");
            // A killed worker says nothing about the host: nothing was refused, so nothing has to be undone.
            Assert.True(trial.Operation.Status == OperationStatus.Succeeded, $"{trial}\n{host.WorkerLogs}");
        }
    }

    [Fact]
    public async Task ManyKillsAtRandomMomentsLeaveNothingLeakedAndNothingLost()
    {
        const int Users = 3;
        var plan = new FaultPlan(output, usual: 2);
        await host.WorkerAsync();
        using var done = new CancellationTokenSource();
        var seeds = Enumerable.Range(0, Users).Select(_ => plan.Random.Next()).ToArray();
        var users = seeds.Select(seed => Task.Run(() => ChangeMindsAsync(new Random(seed), done.Token))).ToArray();
        for (var i = 0; i < plan.Runs; i++)
        {
            var worker = await host.WorkerAsync();
            await Task.WhenAny(Task.Delay(plan.Random.Next(200, 4000)), Task.WhenAll(users));
            await worker.KillAsync();
        }
        await host.WorkerAsync();
        await done.CancelAsync();

        var operations = (await Task.WhenAll(users)).SelectMany(o => o).ToList();

        output.WriteLine($"{plan.Runs} kills, {operations.Count} operations");
        Assert.All(operations, o => Assert.True(o.Status == OperationStatus.Succeeded, $"{o.Kind} {o.Status}: {o.Error}\n{o.ErrorDetail}\n{host.WorkerLogs}"));
        await host.AssertFsckCleanAsync("random kills");
    }

    /// <summary>A customer who creates, rebuilds and deletes until told to stop.</summary>
    private async Task<List<Operation>> ChangeMindsAsync(Random random, CancellationToken ct)
    {
        var owner = await host.AddUserAsync();
        var operations = new List<Operation>();
        while (!ct.IsCancellationRequested)
        {
            var kind = await host.FindAsync(owner) is null ? OperationKind.Create
                : random.Next(2) == 0 ? OperationKind.Rebuild : OperationKind.Delete;
            operations.Add(await host.DoAsync(owner, kind));
        }
        return operations;
    }
}
