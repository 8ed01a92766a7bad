using WebHoster.Core.Accounts;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

/// <summary>A person's keys are in their running machines, whatever else happens.</summary>
[Trait("Category", "Integration")]
public sealed class KeyDeliveryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string SetKeys = nameof(IHypervisor.SetKeysAsync);

    [Fact]
    public async Task AKeyComesIntoTheRunningMachineAndGoesFromIt()
    {
        // No scan helps: PostgreSQL's word is enough.
        await using var engine = await EngineHost.StartAsync(postgres, null, "Engine:ScanSeconds=600");
        var owner = await RunningAsync(engine, "keyed");
        Assert.DoesNotContain(SetKeys, engine.Hypervisor.Calls);
        var first = Assert.Single(await KeysAsync(engine, owner));

        var key = await engine.Keys.AddAsync(owner, "laptop", TestKeys.Public, null);
        await UntilDeliveredAsync(engine, owner);
        Assert.Equal([first, key.Line], await KeysAsync(engine, owner));

        await engine.Keys.RemoveAsync(owner, key.Id, null);
        await UntilDeliveredAsync(engine, owner);
        Assert.Equal([first], await KeysAsync(engine, owner));
        Assert.Equal(2, Deliveries(engine));
    }

    [Fact]
    public async Task TheLastKeyMayGoToo()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await RunningAsync(engine, "locked");

        await engine.Keys.RemoveAsync(owner, (await engine.Keys.ListAsync(owner)).Single().Id, null);

        await UntilDeliveredAsync(engine, owner);
        Assert.Empty(await KeysAsync(engine, owner));
    }

    [Fact]
    public async Task AStrangersKeyChangesNothing()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var (owner, stranger) = (await RunningAsync(engine, "mine"), await RunningAsync(engine, "theirs"));

        var key = await engine.Keys.AddAsync(stranger, "laptop", TestKeys.Public, null);

        await UntilDeliveredAsync(engine, stranger);
        Assert.DoesNotContain(key.Line, await KeysAsync(engine, owner));
        Assert.Equal(1, Deliveries(engine));
    }

    [Fact]
    public async Task AKeyThatComesDuringACreateIsInTheMachineAfterIt()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("early");
        SshKey? key = null;
        engine.Hypervisor.Before = async (name, _) =>
        {
            if (name == nameof(IHypervisor.StartAsync))
                key ??= await engine.Keys.AddAsync(owner, "laptop", TestKeys.Public, null);
        };

        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));

        await UntilDeliveredAsync(engine, owner);
        Assert.Contains(key!.Line, await KeysAsync(engine, owner));
    }

    [Fact]
    public async Task AStoppedMachineGetsItsKeysWhenItStartsAndARebuiltOneFromItsSeed()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await RunningAsync(engine, "asleep");
        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Stop));

        var key = await engine.Keys.AddAsync(owner, "laptop", TestKeys.Public, null);
        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Start));
        await UntilDeliveredAsync(engine, owner);
        Assert.Contains(key.Line, await KeysAsync(engine, owner));
        Assert.Equal(1, Deliveries(engine));

        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Stop));
        await engine.Keys.RemoveAsync(owner, key.Id, null);
        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Rebuild));
        await UntilDeliveredAsync(engine, owner);
        Assert.DoesNotContain(key.Line, await KeysAsync(engine, owner));
        Assert.Equal(1, Deliveries(engine));
    }

    [Fact]
    public async Task AMachineThatDoesNotListenIsAskedAgainAndHoldsNothingElseUp()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await RunningAsync(engine, "deaf");
        engine.Hypervisor.AgentsAnswer = false;

        var key = await engine.Keys.AddAsync(owner, "laptop", TestKeys.Public, null);
        await Eventually.TrueAsync(() => Deliveries(engine) >= 2);
        Assert.True((await engine.FindAsync(owner))!.KeysPending);
        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Restart));
        var hosting = (await engine.FindAsync(owner))!;
        Assert.Equal((HostingStatus.Running, true, 0), (hosting.Status, hosting.KeysPending, hosting.Attempts));

        engine.Hypervisor.AgentsAnswer = true;
        await UntilDeliveredAsync(engine, owner);
        Assert.Contains(key.Line, await KeysAsync(engine, owner));
    }

    [Fact]
    public async Task AKeyThatGoesWhileItIsDeliveredDoesNotStay()
    {
        await using var engine = await EngineHost.StartAsync(postgres, null, "Engine:ScanSeconds=600");
        var owner = await RunningAsync(engine, "fickle");
        var times = 0;
        SshKey? key = null;
        engine.Hypervisor.Before = async (name, _) =>
        {
            if (name == SetKeys && Interlocked.Increment(ref times) == 1)
                await engine.Keys.RemoveAsync(owner, key!.Id, null);
        };

        // Made here, so that its id is known before anybody sees it.
        await using (var db = await engine.DbAsync())
        {
            key = new SshKey(owner, null, "laptop", SshPublicKey.Parse(TestKeys.Public), DateTimeOffset.UtcNow);
            db.Add(key);
            await db.SaveChangesAsync();
        }

        await UntilDeliveredAsync(engine, owner);
        Assert.DoesNotContain(key.Line, await KeysAsync(engine, owner));
        Assert.Equal(2, Deliveries(engine));
    }

    [Fact]
    public async Task ADeleteDuringADeliveryIsDone()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await RunningAsync(engine, "leaving");
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.Hypervisor.Before = (name, _) =>
        {
            if (name != SetKeys)
                return Task.CompletedTask;
            reached.TrySetResult();
            return gate.Task;
        };
        await engine.Keys.AddAsync(owner, "laptop", TestKeys.Public, null);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20));

        var delete = await engine.Requests.ChangeAsync(owner, OperationKind.Delete, null);
        gate.SetResult();

        EngineHost.AssertSucceeded(await engine.EndedAsync(owner, delete.Id));
        await engine.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task OfTwoWorkersOneDeliversAndTheLastWordHolds()
    {
        await using var one = await EngineHost.StartAsync(postgres);
        await using var two = await EngineHost.StartAsync(postgres, one);
        var owner = await RunningAsync(one, "shared");
        var (inside, together) = (0, 0);
        one.Hypervisor.Before = async (name, _) =>
        {
            if (name != SetKeys)
                return;
            if (Interlocked.Increment(ref inside) > 1)
                Interlocked.Increment(ref together);
            await one.FindAsync(owner);
            Interlocked.Decrement(ref inside);
        };

        var added = new List<SshKey>();
        for (var i = 0; i < 10; i++)
            added.Add(await (i % 2 == 0 ? one : two).Keys.AddAsync(owner, $"key {i}", NewKey(), null));
        foreach (var key in added.Take(9))
            await one.Keys.RemoveAsync(owner, key.Id, null);

        await UntilDeliveredAsync(one, owner);
        Assert.Equal(0, together);
        Assert.Equal(2, (await KeysAsync(one, owner)).Count);
        Assert.Contains(added[9].Line, await KeysAsync(one, owner));
    }

    [Fact]
    public async Task AWorkerWhoseLeaseWentAwayDeliversNothing()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await RunningAsync(engine, "frozen");
        var (reached, givenUp) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = 1;
        engine.Hypervisor.Before = async (name, ct) =>
        {
            if (name != SetKeys || Interlocked.Decrement(ref first) < 0)
                return;
            reached.SetResult();
            await using var _ = ct.Register(givenUp.SetResult);
            await Task.Delay(Timeout.Infinite, ct);
        };
        var key = await engine.Keys.AddAsync(owner, "laptop", TestKeys.Public, null);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20));

        // What a worker sees that was stopped for longer than its lease: the row has another epoch.
        await postgres.ExecuteAsync("update hostings set lease_epoch = lease_epoch + 1, lease_expires_at = null where owner_id = @o", ("o", owner));
        await using var other = await EngineHost.StartAsync(postgres, engine);
        await UntilDeliveredAsync(other, owner);
        Assert.Contains(key.Line, await KeysAsync(other, owner));
        await other.Keys.RemoveAsync(owner, key.Id, null);
        await UntilDeliveredAsync(other, owner);

        await givenUp.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(key.Line, await KeysAsync(other, owner));
        Assert.Equal(2, Deliveries(engine));
    }

    private static string NewKey() => SshKeyPair.Create("test@example").PublicKey;

    private static async Task<Guid> RunningAsync(EngineHost engine, string name)
    {
        var owner = await engine.AddUserAsync(name);
        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));
        return owner;
    }

    private static Task UntilDeliveredAsync(EngineHost engine, Guid owner) =>
        Eventually.TrueAsync(async () => await engine.FindAsync(owner) is { Status: HostingStatus.Running, KeysPending: false });

    private static async Task<IReadOnlyList<string>> KeysAsync(EngineHost engine, Guid owner) =>
        engine.Hypervisor.KeysIn((await engine.FindAsync(owner))!.MachineId);

    private static int Deliveries(EngineHost engine) => engine.Hypervisor.Calls.Count(c => c == SetKeys);
}
