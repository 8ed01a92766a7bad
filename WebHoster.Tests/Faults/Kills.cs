using WebHoster.Core.Operations;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>What is done to workers, be the machines stand-ins or real.</summary>
internal static class Kills
{
    /// <summary>Before an effect, while it is under way (it outlives its worker), and after it.</summary>
    public static readonly string[] Moments = ["kill-before", "kill-early", "kill-after"];

    /// <summary>
    /// One operation for each moment, whose worker is killed at every effect in turn; as often as the plan says. A short run takes
    /// one operation and a few of its effects.
    /// </summary>
    public static async Task AtEveryPointAsync(FaultHost host, OperationKind kind, FaultPlan plan, ITestOutputHelper output)
    {
        var points = await host.RecordChainAsync(kind);
        output.WriteLine($"{points.Count} effects: {string.Join(", ", points.Select(p => p.Key))}");
        if (!plan.IsLong)
        {
            var few = plan.Choose(Enumerable.Range(0, points.Count)).Order();
            AssertSucceeded(host, await Trial.RunAsync(host, kind, [.. few.Select(i => new Fault(plan.Random.GetItems(Moments, 1)[0], points[i]))]), output);
            return;
        }
        for (var run = 0; run < Math.Max(1, plan.Runs); run++)
        {
            foreach (var moment in Moments)
                AssertSucceeded(host, await Trial.RunAsync(host, kind, [.. points.Select(p => new Fault(moment, p))]), output, $"{moment}: ");
        }
    }

    /// <summary>Users who change their minds, over workers of which one after the other is killed.</summary>
    public static async Task AtRandomAsync(FaultHost host, FaultPlan plan, int users, OperationKind other, ITestOutputHelper output)
    {
        using var done = new CancellationTokenSource();
        var seeds = Enumerable.Range(0, users).Select(_ => plan.Random.Next()).ToArray();
        var busy = seeds.Select(seed => Task.Run(() => ChangeMindsAsync(host, new Random(seed), other, done.Token))).ToArray();
        try
        {
            for (var i = 0; i < plan.Runs && !busy.Any(b => b.IsFaulted); i++)
                await host.KillOneAsync(plan.Random);
        }
        finally
        {
            // Whatever happened: nobody may go on beneath the next test.
            await done.CancelAsync();
            await ((Task)Task.WhenAll(busy)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var operations = (await Task.WhenAll(busy)).SelectMany(o => o).ToList();
        output.WriteLine($"{plan.Runs} kills, {operations.Count} operations");
        await host.AssertFsckCleanAsync("random kills");
    }

    /// <summary>A killed worker says nothing about the host: nothing was refused, so nothing has to be undone.</summary>
    public static void AssertSucceeded(FaultHost host, Trial trial, ITestOutputHelper output, string prefix = "")
    {
        output.WriteLine($"{prefix}{trial}");
        Assert.Empty(trial.Missing);
        Assert.True(trial.Operation.Status == OperationStatus.Succeeded, $"{trial}\n{trial.Operation.ErrorDetail}\n{host.WorkerLogs}");
    }

    /// <summary>Creates, deletes, or does the other thing, until told to stop.</summary>
    private static async Task<List<Operation>> ChangeMindsAsync(FaultHost host, Random random, OperationKind other, CancellationToken ct)
    {
        var owner = await host.AddUserAsync();
        var operations = new List<Operation>();
        while (!ct.IsCancellationRequested)
        {
            var kind = await host.FindAsync(owner) is null ? OperationKind.Create
                : random.Next(2) == 0 ? other : OperationKind.Delete;
            var operation = await host.DoAsync(owner, kind);
            Assert.True(operation.Status == OperationStatus.Succeeded,
                $"{kind} {operation.Status}: {operation.Error}\n{operation.ErrorDetail}\n{host.WorkerLogs}");
            operations.Add(operation);
        }
        return operations;
    }
}
