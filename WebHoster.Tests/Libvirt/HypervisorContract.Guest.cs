using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Libvirt;

/// <summary>What is in the machine: who it is, what it shows, whom it lets in.</summary>
public abstract partial class HypervisorContract
{
    [Fact]
    public async Task AMachinesIdentityIsMadeWithItsFirstSeedAndKeptByARebuild()
    {
        var spec = NewSpec();
        await Hypervisor.CreateDiskAsync(spec, default);
        Assert.Null(await Hypervisor.ReadHostKeyAsync(spec.Id, default));
        await PrepareAsync(spec);
        var identity = await Hypervisor.ReadHostKeyAsync(spec.Id, default);
        Assert.Matches("^ssh-ed25519 [A-Za-z0-9+/=]+$", identity);

        await Hypervisor.EraseFilesAsync(spec.Id, everything: false, default);
        await PrepareAsync(spec with { Generation = spec.Generation + 1 });
        Assert.Equal(identity, await Hypervisor.ReadHostKeyAsync(spec.Id, default));

        await AssertNothingLeftAsync(spec);
        Assert.Null(await Hypervisor.ReadHostKeyAsync(spec.Id, default));
    }

    // One story, for a real guest takes its time to boot.
    [Fact]
    public async Task AGuestThatRunsShowsItsPageTakesTheKeysThatItIsGivenAndShutsDownWhenAsked()
    {
        var spec = NewSpec();
        await PrepareAsync(spec);
        await Assert.ThrowsAsync<HostException>(() => Hypervisor.SetKeysAsync(spec.Id, SeedOf(spec), default));
        await Hypervisor.StartAsync(spec, default);
        await UntilAsync(async () => await Hypervisor.AskGuestAsync(spec, default) is { Http: true, Ssh: true } answer
            && answer.Body.Contains(WelcomePage.Marker(spec)));

        await UntilAsync(() => LogsInAsync(spec, TestKeys.Pair));
        Assert.False(await LogsInAsync(spec, TestKeys.OtherPair));
        foreach (var keys in new SshKeyPair[][] { [TestKeys.Pair, TestKeys.OtherPair], [TestKeys.OtherPair], [] })
        {
            var seed = SeedOf(spec) with { AuthorizedKeys = string.Join('\n', keys.Select(k => k.PublicKey)) };
            await UntilAsync(() => IsTakenAsync(spec, seed));
            foreach (var key in new[] { TestKeys.Pair, TestKeys.OtherPair })
                Assert.Equal(keys.Contains(key), await LogsInAsync(spec, key));
        }

        // It answers before it listens to its power button.
        await UntilAsync(async () =>
        {
            await Hypervisor.ShutDownAsync(spec.Id, default);
            return (await Hypervisor.FindAsync(spec.Id, default))?.State == MachineState.ShutDown;
        });
        Assert.Equal(new GuestAnswer(false, "", false), await Hypervisor.AskGuestAsync(spec, default));
        await RemoveAsync(spec);
        await AssertNothingLeftAsync(spec);
    }

    /// <summary>A guest lets people in before it listens to its host.</summary>
    private async Task<bool> IsTakenAsync(MachineSpec spec, GuestSeed seed)
    {
        try
        {
            await Hypervisor.SetKeysAsync(spec.Id, seed, default);
            return true;
        }
        catch (HostException e) when (e.Message == "The machine's guest agent does not answer.")
        {
            return false;
        }
    }
}
