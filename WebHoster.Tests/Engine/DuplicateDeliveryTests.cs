using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Operations;
using WebHoster.Tests.Faults;
using WebHoster.Tests.Fixtures;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Engine;

/// <summary>
/// Every bell is rung ten times over, for two workers on one PostgreSQL: by PostgreSQL's word, which each of them turns into a job,
/// and past Quartz and the queue, straight at the reconcilers.
/// </summary>
[Trait("Category", "Integration")]
public sealed class DuplicateDeliveryTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int Times = 10;

    private static readonly OperationKind[] Life =
    [
        OperationKind.Create, OperationKind.Stop, OperationKind.Start, OperationKind.Restart, OperationKind.Rebuild, OperationKind.Delete,
    ];

    private static readonly string[] Effects =
    [
        "disk", "seed", "define", "start", "stop", "start", "stop", "start",
        "stop", "undefine", "erase", "disk", "seed", "define", "start", "stop", "undefine", "erase",
    ];

    [Fact]
    public async Task EachBellRungTenTimesHasEachEffectOnce()
    {
        var plan = new FaultPlan(output, usual: 3);
        await using var one = await EngineHost.StartAsync(postgres);
        await using var two = await EngineHost.StartAsync(postgres, one);

        await Parallel.ForAsync(0, plan.Runs, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (i, _) =>
        {
            var owner = await one.AddUserAsync($"ringing{i}");
            var machine = Guid.Empty;
            foreach (var kind in Life)
            {
                var operation = kind == OperationKind.Create
                    ? (await one.Requests.CreateAsync(owner, null, null)).Operation : await one.Requests.ChangeAsync(owner, kind, null);
                machine = operation.HostingId;
                var rings = RingAsync(one, two, operation.HostingId);
                EngineHost.AssertSucceeded(await one.EndedAsync(owner, operation.Id));
                await rings;
            }
            Assert.Equal(Effects, one.Hypervisor.EffectsOn(machine));
        });

        await AssertStepsWereDoneOnceAsync(one, plan.Runs * Life.Length);
        await one.AssertNothingLeftAsync();
        await Eventually.TrueAsync(async () => await LeftInQuartzAsync() == 0);
        output.WriteLine($"{plan.Runs * Life.Length} operations, each bell rung {Times} times: each effect once, nothing was left");
    }

    private async Task RingAsync(EngineHost one, EngineHost two, Guid hosting) => await Task.WhenAll(
        Enumerable.Range(0, Times).SelectMany(_ => new[]
        {
            postgres.ExecuteAsync("select pg_notify('webhoster_work', @hosting)", ("hosting", hosting.ToString())),
            one.Reconciler.ReconcileAsync(hosting, default),
            two.Reconciler.ReconcileAsync(hosting, default),
        }));

    private static async Task AssertStepsWereDoneOnceAsync(EngineHost engine, int operations)
    {
        await using var db = await engine.DbAsync();
        var all = await db.Operations.Include(o => o.Steps).ToListAsync();
        Assert.Equal(operations, all.Count);
        Assert.All(all, o => Assert.Equal(OperationPlan.StepsOf(o.Kind), o.Steps.OrderBy(s => s.Ordinal).Select(s => s.Name)));
        Assert.All(all.SelectMany(o => o.Steps), s => Assert.Equal(StepStatus.Done, s.Status));
    }

    /// <summary>Rings that are still to be heard, or were fired and never ended.</summary>
    private Task<long> LeftInQuartzAsync() => postgres.ScalarAsync<long>(
        """
        select (select count(*) from qrtz_triggers where job_name = 'reconcile-hosting')
             + (select count(*) from qrtz_fired_triggers where job_name = 'reconcile-hosting')
        """);
}
