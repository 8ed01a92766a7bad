using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Libvirt;

/// <summary>The same on real libvirt and QEMU. Only the guest that has to answer is waited for.</summary>
[Trait("Category", "Vm")]
[Collection(RealGuests.Name)]
public sealed class LibvirtHypervisorTests(LibvirtHost host) : HypervisorContract, IClassFixture<LibvirtHost>
{
    protected override IHypervisor Hypervisor => host.Hypervisor;

    protected override TimeSpan Patience => TimeSpan.FromMinutes(8);

    protected override MachineSpec NewSpec() => host.NewSpec();

    protected override Task PlantStrangerAsync(Guid id) => host.PlantStrangerAsync(id);

    internal override async Task<bool> LogsInAsync(MachineSpec spec, SshKeyPair key)
    {
        using var file = new KeyFile(key);
        return (await LiveInstall.SshAsync($"ubuntu@{spec.Address}", 22, file.Path, "true")).ExitCode == 0;
    }

    protected override Task<bool> IsStrangerUntouchedAsync(Guid id) => host.IsStrangerUntouchedAsync(id);

    [Fact]
    public async Task ANetworkOfSomebodyElsesIsRefusedAndLeftAlone()
    {
        var (name, file) = ($"{host.Bridge}x", Path.GetTempFileName());
        await File.WriteAllTextAsync(file, $"<network><name>{name}</name><bridge name='{host.Bridge}y'/></network>");
        await host.Virsh.NetDefineAsync(file, default);
        var settings = Options.Create(new NetworkSettings { Bridge = name });
        var firewall = new Firewall(host.Services.GetRequiredService<CommandRunner>(), Options.Create(new InstallSettings { Name = name }), settings);
        var network = ActivatorUtilities.CreateInstance<HostNetwork>(host.Services, settings, firewall);

        Assert.Contains(name, (await Assert.ThrowsAsync<HostException>(() => network.EnsureAsync(default))).Message);
        await network.RemoveAsync(default);

        Assert.Contains($"{host.Bridge}y", await host.Virsh.NetDumpXmlAsync(name, default));
        Assert.False(await host.Virsh.IsNetActiveAsync(name, default));
        await host.Virsh.NetUndefineAsync(name, default);
        File.Delete(file);
    }

    protected override async Task AssertTraceless(MachineSpec spec)
    {
        await host.AssertTracelessAsync(spec);
        Assert.DoesNotContain(spec.Id.ToString(), (await Shell.RunAsync("ps", "-eo", "args")).Ok());
        Assert.DoesNotContain(spec.Mac, (await Shell.RunAsync("ip", "neigh", "show", "dev", host.Bridge)).Ok());
        Assert.Empty(Directory.GetFiles("/var/log/libvirt/qemu", $"{host.DomainOf(spec.Id)}*"));
    }
}

/// <summary>Everything with real guests runs one after the other: they boot slowly enough alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealGuests
{
    public const string Name = "Real guests";
}

public sealed class LibvirtHost : HypervisorHost
{
    private readonly int _third = Random.Shared.Next(1, 250);
    private string _accelerator = "";

    protected override string Folder => $"/var/lib/webhoster-{Name}";

    protected override Dictionary<string, string?> Settings => new()
    {
        ["Images:Path"] = Environment.GetEnvironmentVariable("WEBHOSTER_TEST_IMAGES") ?? "/var/cache/webhoster-test/images",
        ["Network:Subnet"] = $"10.88.{_third}.0/24",
        ["Hypervisor:Accelerator"] = _accelerator,
    };

    public override async Task InitializeAsync()
    {
        _accelerator = (await Shell.RunAsync("bash", "-c", $". '{LiveInstall.Root()}/provisioning/libvirt.sh'; accelerator")).Ok();
        await base.InitializeAsync();
    }

    /// <summary>What a failed test has left behind goes too.</summary>
    public override async Task DisposeAsync()
    {
        foreach (var machine in await Hypervisor.ListAsync(default))
        {
            await Virsh.DestroyAsync(DomainOf(machine.Id), null, default);
            await Virsh.UndefineAsync(DomainOf(machine.Id), null, default);
            HostTools.DeleteLogs(DomainOf(machine.Id));
        }
        await base.DisposeAsync();
    }
}
