using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

/// <summary>An SSH port that a program of the host's owner has.</summary>
[Trait("Category", "Integration")]
public sealed class ForeignPortTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task NoCreationGetsTheSlotAndItIsFreshAgainOnceThePortIsFree()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        engine.Proxy.Foreign = new HashSet<int> { 0, 2 };
        await Eventually.TrueAsync(async () => await StateAsync(0) == SlotState.Unusable && await StateAsync(2) == SlotState.Unusable);
        var owners = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => engine.AddUserAsync($"port{i}")));

        var created = await Task.WhenAll(owners.Select(o => engine.CreateAsync(o)));

        Assert.All(created, EngineHost.AssertSucceeded);
        var slots = await Task.WhenAll(owners.Select(async o => (await engine.FindAsync(o))!.SlotNumber));
        Assert.Equal([1, 3, 4], slots.Order());

        engine.Proxy.Foreign = new HashSet<int>();
        await Eventually.TrueAsync(async () => await StateAsync(0) is null && await StateAsync(2) is null);
    }

    [Fact]
    public async Task ACreationThatLosesItsPortEndsWithTheSlotUnusableAndTheNextTrySucceeds()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("unlucky");
        engine.Hypervisor.Before = (name, _) =>
        {
            if (name == nameof(IHypervisor.CreateDiskAsync))
                engine.Proxy.Foreign = new HashSet<int> { 0 };
            return Task.CompletedTask;
        };

        var create = await engine.CreateAsync(owner);

        Assert.Equal(OperationStatus.Failed, create.Status);
        Assert.EndsWith("Another program on this host has its SSH port, 10000. A new hosting gets another port.", create.Error);
        Assert.Equal(SlotState.Unusable, await StateAsync(0));
        await engine.AssertNothingLeftAsync();

        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));
        Assert.Equal(1, (await engine.FindAsync(owner))!.SlotNumber);

        engine.Hypervisor.Before = (_, _) => Task.CompletedTask;
        engine.Proxy.Foreign = new HashSet<int>();
        await Eventually.TrueAsync(async () => await StateAsync(0) == SlotState.Resting);
    }

    [Fact]
    public async Task ASlotThatAHostingHoldsStaysTheHostings()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("holder");
        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));

        engine.Proxy.Foreign = new HashSet<int> { 0, 1 };
        await Eventually.TrueAsync(async () => await StateAsync(1) == SlotState.Unusable);

        Assert.Equal(SlotState.Held, await StateAsync(0));
    }

    private async Task<SlotState?> StateAsync(int slot) =>
        await postgres.ScalarAsync<string>("select state from slots where number = @n", ("n", slot)) is { } word
            ? Enum.Parse<SlotState>(word, ignoreCase: true) : null;
}
