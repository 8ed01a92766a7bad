using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Tests.Faults;
using WebHoster.Tests.Fixtures;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Engine;

/// <summary>Races of one person with themselves, many times over: WEBHOSTER_FAULT_RUNS says how often, WEBHOSTER_FAULT_SEED at which moments.</summary>
[Trait("Category", "Integration")]
public sealed class RepeatedRaceTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    /// <summary>Races that run at once.</summary>
    private const int Lanes = 4;

    private static readonly string[] OneCreate = ["disk", "seed", "define", "start"];
    private static readonly string[] OneDelete = ["stop", "undefine", "erase"];

    [Fact]
    public async Task OfTwoCreatesAtOnceThroughTwoPortalsOneIsTakenAndMakesOneMachine()
    {
        var plan = new FaultPlan(output, usual: 8);
        await using var one = await EngineHost.StartAsync(postgres);
        await using var two = await EngineHost.StartAsync(postgres, one);

        await RaceAsync(plan, async (race, random) =>
        {
            var owner = await one.AddUserAsync($"twin{race}");
            var pause = random.Next(0, 5);
            var asked = await Task.WhenAll(
                AskAsync(one, owner, OperationKind.Create, 0), AskAsync(two, owner, OperationKind.Create, pause));

            var taken = Assert.Single(asked, o => o is not null)!;
            EngineHost.AssertSucceeded(await one.EndedAsync(owner, taken.Id));
            var machine = (await one.FindAsync(owner))!.MachineId;
            EngineHost.AssertSucceeded(await two.ChangeAsync(owner, OperationKind.Delete));
            Assert.Equal([.. OneCreate, .. OneDelete], one.Hypervisor.EffectsOn(machine));
        });

        await one.AssertNothingLeftAsync();
        output.WriteLine($"{plan.Runs} create/create races: each made one machine, nothing was left");
    }

    [Fact]
    public async Task ADeleteAtAnyMomentOfACreateAndACreateAtAnyMomentOfADeleteLeaveNothing()
    {
        var plan = new FaultPlan(output, usual: 8);
        await using var one = await EngineHost.StartAsync(postgres);
        await using var two = await EngineHost.StartAsync(postgres, one);
        var (cancelled, during) = (0, 0);

        await RaceAsync(plan, async (race, random) =>
        {
            var owner = await one.AddUserAsync($"wavering{race}");
            var create = (await AskAsync(one, owner, OperationKind.Create, 0))!;
            var machine = (await one.FindAsync(owner))!.MachineId;
            var delete = (await AskAsync(two, owner, OperationKind.Delete, random.Next(0, 400)))!;
            // Now the other way round: refused until the row is gone, taken from then on.
            var again = await AskAsync(one, owner, OperationKind.Create, 0);
            for (; again is null; again = await AskAsync(one, owner, OperationKind.Create, random.Next(0, 30)))
                Interlocked.Increment(ref during);

            EngineHost.AssertSucceeded(await one.EndedAsync(owner, delete.Id));
            var ended = await one.EndedAsync(owner, create.Id);
            Assert.True(ended.Status is OperationStatus.Cancelled or OperationStatus.Succeeded, $"{ended.Status}: {ended.Error}");
            if (ended.Status == OperationStatus.Cancelled)
                Interlocked.Increment(ref cancelled);
            Assert.Equal(one.Hypervisor.EffectsOn(machine).Distinct(), one.Hypervisor.EffectsOn(machine));
            EngineHost.AssertSucceeded(await two.EndedAsync(owner, again.Id));
            EngineHost.AssertSucceeded(await two.ChangeAsync(owner, OperationKind.Delete));
        });

        await one.AssertNothingLeftAsync();
        output.WriteLine(
            $"{plan.Runs} create/delete races: {cancelled} creates were cut off, {during} creates refused during a delete, nothing was left");
    }

    /// <summary>As many races as the plan says, some at once, each with moments of its own from the seed.</summary>
    private static async Task RaceAsync(FaultPlan plan, Func<int, Random, Task> raceAsync)
    {
        var seeds = Enumerable.Range(0, plan.Runs).Select(_ => plan.Random.Next()).ToArray();
        await Parallel.ForAsync(0, seeds.Length, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (race, _) =>
            await raceAsync(race, new Random(seeds[race])));
    }

    /// <summary>Null where it was refused as a conflict.</summary>
    private static async Task<Operation?> AskAsync(EngineHost portal, Guid owner, OperationKind kind, int afterMilliseconds)
    {
        await Task.Delay(afterMilliseconds);
        try
        {
            return kind == OperationKind.Create
                ? (await portal.Requests.CreateAsync(owner, null, null)).Operation
                : await portal.Requests.ChangeAsync(owner, kind, null);
        }
        catch (ConflictException)
        {
            return null;
        }
    }
}
