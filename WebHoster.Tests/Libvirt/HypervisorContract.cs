using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Libvirt;

/// <summary>What holds for every <see cref="IHypervisor"/>: what the engine's rules, proven on the fake, may rely on with real machines.</summary>
public abstract partial class HypervisorContract
{
    protected abstract IHypervisor Hypervisor { get; }

    /// <summary>How long a guest may take to answer after its start, or to turn off when asked.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(20);

    /// <summary>A machine that nobody has used yet: id, address, MAC and uid are its own.</summary>
    protected abstract MachineSpec NewSpec();

    /// <summary>Defines a domain of this install's kind of name, behind its back and without its metadata.</summary>
    protected abstract Task PlantStrangerAsync(Guid id);

    /// <summary>True where this key is let into the running machine.</summary>
    internal abstract Task<bool> LogsInAsync(MachineSpec spec, SshKeyPair key);

    /// <summary>True where the stranger's domain is as it was.</summary>
    protected abstract Task<bool> IsStrangerUntouchedAsync(Guid id);

    [Fact]
    public async Task NothingIsKnownOfAnUnknownMachine()
    {
        var spec = NewSpec();

        Assert.Null(await Hypervisor.FindAsync(spec.Id, default));
        Assert.DoesNotContain(await Hypervisor.ListAsync(default), m => m.Id == spec.Id);
        Assert.False(await Hypervisor.HasDiskAsync(spec, default));
        Assert.False(await Hypervisor.HasSeedAsync(spec, SeedOf(spec), default));
        Assert.False(await Hypervisor.HasFilesAsync(spec.Id, default));
        Assert.Equal("", await Hypervisor.ReadConsoleTailAsync(spec.Id, 5, default));
        Assert.Equal(new GuestAnswer(false, "", false), await Hypervisor.AskGuestAsync(spec, default));
    }

    [Fact]
    public async Task WhatIsAbsentCanBeStoppedRemovedAndErased()
    {
        var spec = NewSpec();

        await Hypervisor.ShutDownAsync(spec.Id, default);
        await Hypervisor.DestroyAsync(spec.Id, default);
        await RemoveAsync(spec);
        await Hypervisor.RemoveUnownedAsync(spec.Id, default);
        await Hypervisor.EraseFilesAsync(spec.Id, everything: false, default);

        await AssertNothingLeftAsync(spec);
    }

    [Fact]
    public async Task EachStepTellsWhetherItIsDoneAndCanBeDoneTwice()
    {
        var spec = NewSpec();
        for (var time = 1; time <= 2; time++)
        {
            await Hypervisor.CreateDiskAsync(spec, default);
            Assert.True(await Hypervisor.HasDiskAsync(spec, default));
            Assert.True(await Hypervisor.HasFilesAsync(spec.Id, default));
        }
        for (var time = 1; time <= 2; time++)
        {
            await Hypervisor.WriteSeedAsync(spec, SeedOf(spec), default);
            Assert.True(await Hypervisor.HasSeedAsync(spec, SeedOf(spec), default));
            Assert.False(await Hypervisor.HasSeedAsync(spec, SeedOf(spec) with { WelcomePage = "another" }, default));
        }
        for (var time = 1; time <= 2; time++)
        {
            await Hypervisor.DefineAsync(spec, default);
            Assert.Equal(new Machine(spec.Id, spec.Generation, MachineState.Off), await Hypervisor.FindAsync(spec.Id, default));
            Assert.Single(await Hypervisor.ListAsync(default), m => m.Id == spec.Id);
        }
        await RemoveAsync(spec);
        await AssertNothingLeftAsync(spec);
    }

    [Fact]
    public async Task AMachineWithoutADiskIsNotStarted()
    {
        var spec = NewSpec();
        await Hypervisor.WriteSeedAsync(spec, SeedOf(spec), default);

        await Assert.ThrowsAsync<HostException>(() => Hypervisor.StartAsync(spec, default));

        Assert.Null(await Hypervisor.FindAsync(spec.Id, default));
        await RemoveAsync(spec);
        await AssertNothingLeftAsync(spec);
    }

    [Fact]
    public async Task StartingTwiceEvenAtOnceMakesOneRunningMachine()
    {
        var spec = NewSpec();
        await PrepareAsync(spec);

        await Task.WhenAll(Hypervisor.StartAsync(spec, default), Hypervisor.StartAsync(spec, default));
        await Hypervisor.StartAsync(spec, default);

        Assert.Equal(new Machine(spec.Id, spec.Generation, MachineState.Running), await Hypervisor.FindAsync(spec.Id, default));
        Assert.Equal(MachineState.Running, Assert.Single(await Hypervisor.ListAsync(default), m => m.Id == spec.Id).State);
        await RemoveAsync(spec);
        await AssertNothingLeftAsync(spec);
    }

    [Fact]
    public async Task AMachineWhosePlugIsPulledIsOffAndStartsAgain()
    {
        var spec = NewSpec();
        await PrepareAsync(spec);
        await Hypervisor.StartAsync(spec, default);

        for (var time = 1; time <= 2; time++)
        {
            await Hypervisor.DestroyAsync(spec.Id, default);
            Assert.Equal(MachineState.Off, (await Hypervisor.FindAsync(spec.Id, default))?.State);
        }
        await Hypervisor.ShutDownAsync(spec.Id, default);
        Assert.Equal(MachineState.Off, (await Hypervisor.FindAsync(spec.Id, default))?.State);
        Assert.False((await Hypervisor.AskGuestAsync(spec, default)).Http);
        await Hypervisor.StartAsync(spec, default);

        Assert.Equal(MachineState.Running, (await Hypervisor.FindAsync(spec.Id, default))?.State);
        await RemoveAsync(spec);
        await AssertNothingLeftAsync(spec);
    }

    [Fact]
    public async Task ANewGenerationReplacesTheOld()
    {
        var spec = NewSpec();
        await PrepareAsync(spec);
        await Hypervisor.DefineAsync(spec, default);
        var next = spec with { Generation = spec.Generation + 1 };

        await Hypervisor.DefineAsync(next, default);
        Assert.Equal(next.Generation, (await Hypervisor.FindAsync(spec.Id, default))?.Generation);
        await RemoveAsync(spec);
        await Hypervisor.EraseFilesAsync(spec.Id, everything: false, default);
        Assert.False(await Hypervisor.HasDiskAsync(next, default));
        Assert.False(await Hypervisor.HasSeedAsync(next, SeedOf(spec), default));
        await PrepareAsync(next with { Generation = 3 });
        await Hypervisor.StartAsync(next with { Generation = 3 }, default);

        Assert.Equal(new Machine(spec.Id, 3, MachineState.Running), await Hypervisor.FindAsync(spec.Id, default));
        await RemoveAsync(spec);
        await AssertNothingLeftAsync(spec);
    }

    [Fact]
    public async Task AStrangersDomainOfOurKindOfNameIsSeenRefusedAndLeftAlone()
    {
        var spec = NewSpec();
        await PrepareAsync(spec);
        await PlantStrangerAsync(spec.Id);

        Assert.Contains(await Hypervisor.ListAsync(default), m => m.Id == spec.Id);
        Func<Task>[] calls =
        [
            () => Hypervisor.FindAsync(spec.Id, default), () => Hypervisor.DefineAsync(spec, default),
            () => Hypervisor.StartAsync(spec, default), () => Hypervisor.ShutDownAsync(spec.Id, default),
            () => Hypervisor.DestroyAsync(spec.Id, default), () => Hypervisor.RemoveAsync(spec, default),
            () => Hypervisor.RemoveUnownedAsync(spec.Id, default), () => Hypervisor.SetKeysAsync(spec.Id, SeedOf(spec), default),
        ];
        foreach (var call in calls)
            Assert.Contains("not this install's", (await Assert.ThrowsAsync<HostException>(call)).Message);

        Assert.True(await IsStrangerUntouchedAsync(spec.Id));
        await Hypervisor.EraseFilesAsync(spec.Id, everything: true, default);
    }

    [Fact]
    public async Task TheWatchWakesAtFirstAndWhenAMachineChanges()
    {
        var spec = NewSpec();
        await PrepareAsync(spec);
        using var limit = new CancellationTokenSource(Patience);
        await using var watch = Hypervisor.WatchAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await watch.MoveNextAsync());

        var wakes = watch.MoveNextAsync().AsTask();
        // What happens before a watch listens is seen by listing only; so something happens until it has.
        while (!wakes.IsCompleted)
        {
            await Hypervisor.StartAsync(spec, limit.Token);
            await Hypervisor.DestroyAsync(spec.Id, limit.Token);
        }

        Assert.True(await wakes);
        await RemoveAsync(spec);
        await AssertNothingLeftAsync(spec);
    }

    /// <summary>Its page carries the mark by which the engine knows it.</summary>
    protected static GuestSeed SeedOf(MachineSpec spec) =>
        new("ubuntu", TestKeys.Public, $"<title>{spec.Slug}</title><!-- {WelcomePage.Marker(spec)} -->\n");

    private async Task PrepareAsync(MachineSpec spec)
    {
        await Hypervisor.CreateDiskAsync(spec, default);
        await Hypervisor.WriteSeedAsync(spec, SeedOf(spec), default);
    }

    private Task RemoveAsync(MachineSpec spec) => Hypervisor.RemoveAsync(spec, default);

    private async Task AssertNothingLeftAsync(MachineSpec spec)
    {
        await Hypervisor.EraseFilesAsync(spec.Id, everything: true, default);
        Assert.Null(await Hypervisor.FindAsync(spec.Id, default));
        Assert.DoesNotContain(await Hypervisor.ListAsync(default), m => m.Id == spec.Id);
        Assert.False(await Hypervisor.HasDiskAsync(spec, default));
        Assert.False(await Hypervisor.HasFilesAsync(spec.Id, default));
        await AssertTraceless(spec);
    }

    /// <summary>What else a removed machine must not leave on this kind of host.</summary>
    protected virtual Task AssertTraceless(MachineSpec spec) => Task.CompletedTask;

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
            await Task.Delay(100, limit.Token);
    }
}
