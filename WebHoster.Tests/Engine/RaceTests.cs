using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

[Trait("Category", "Integration")]
public sealed class RaceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task OfManyCreatesOfOnePersonAtOnceOneIsTaken()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("racer");

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                return (await engine.Requests.CreateAsync(owner, null, null)).Operation;
            }
            catch (ConflictException)
            {
                return null;
            }
        }));

        var taken = Assert.Single(results, r => r is not null);
        EngineHost.AssertSucceeded(await engine.EndedAsync(owner, taken!.Id));
    }

    [Fact]
    public async Task ManyPeopleAtOnceGetSlotsOfTheirOwn()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owners = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => engine.AddUserAsync($"crowd{i}")));

        var created = await Task.WhenAll(owners.Select(o => engine.CreateAsync(o)));

        Assert.All(created, o => Assert.Equal(OperationStatus.Succeeded, o.Status));
        var slots = await Task.WhenAll(owners.Select(async o => (await engine.FindAsync(o))!.SlotNumber));
        Assert.Equal(slots.Length, slots.Distinct().Count());
    }

    [Fact]
    public async Task TwoWorkersOnOneDatabaseDoEachStepOnce()
    {
        await using var one = await EngineHost.StartAsync(postgres);
        await using var two = await EngineHost.StartAsync(postgres, one);
        var owners = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => one.AddUserAsync($"pair{i}")));

        foreach (var operation in await Task.WhenAll(owners.Select(o => one.CreateAsync(o))))
            EngineHost.AssertSucceeded(operation);

        Assert.Equal(owners.Length, one.Hypervisor.Calls.Count(c => c == nameof(IHypervisor.StartAsync)));
    }

    [Fact]
    public async Task AWorkerWhoseLeaseWentAwayWritesNothing()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("frozen");
        var reached = new TaskCompletionSource();
        var thaw = new TaskCompletionSource();
        var first = 1;
        engine.Hypervisor.Before = async (name, _) =>
        {
            if (name != nameof(IHypervisor.CreateDiskAsync) || Interlocked.Decrement(ref first) < 0)
                return;
            reached.SetResult();
            await thaw.Task;
            throw new HostException("The frozen worker would have undone everything.");
        };
        var create = (await engine.Requests.CreateAsync(owner, null, null)).Operation;
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20));

        // What a worker sees that was stopped for longer than its lease: the row has another epoch.
        await postgres.ExecuteAsync("update hostings set lease_epoch = lease_epoch + 1, lease_expires_at = null where owner_id = @o", ("o", owner));
        await using var other = await EngineHost.StartAsync(postgres, engine);
        EngineHost.AssertSucceeded(await other.EndedAsync(owner, create.Id));
        thaw.SetResult();

        await Eventually.TrueAsync(async () => (await engine.FindAsync(owner))!.Status == HostingStatus.Running);
        Assert.Null((await engine.EndedAsync(owner, create.Id)).Error);
    }

    [Fact]
    public async Task WhenTheSlotsRunOutTheAnswerIsAClearOneAndARestedSlotIsUsedAgain()
    {
        await using var engine = await EngineHost.StartAsync(postgres, null, "Network:Subnet=10.86.0.0/26", "Ssh:LastPort=10099", "Engine:SlotRestDays=1");
        await postgres.ExecuteAsync("insert into slots (number, state, released_at) select n, 'resting', now() from generate_series(0, 200) n on conflict do nothing");
        var owner = await engine.AddUserAsync("late");

        await Assert.ThrowsAsync<CapacityException>(() => engine.Requests.CreateAsync(owner, null, null));

        await postgres.ExecuteAsync("update slots set released_at = now() - interval '2 days' where number = 40");
        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));
        Assert.Equal(40, (await engine.FindAsync(owner))!.SlotNumber);
    }
}
