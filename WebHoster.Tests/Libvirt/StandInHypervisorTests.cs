using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Faults;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Libvirt;

/// <summary>The real hypervisor over the stand-in tools: they behave as libvirt does, or the fault tests prove nothing.</summary>
[Trait("Category", "Integration")]
public sealed class StandInHypervisorTests(StandInHypervisorHost host) : HypervisorContract, IClassFixture<StandInHypervisorHost>
{
    protected override IHypervisor Hypervisor => host.Hypervisor;

    protected override MachineSpec NewSpec() => host.NewSpec();

    protected override Task PlantStrangerAsync(Guid id) => host.PlantStrangerAsync(id);

    internal override Task<bool> LogsInAsync(MachineSpec spec, SshKeyPair key) => Task.FromResult(host.KeysIn(spec).Contains(key.PublicKey));

    protected override Task<bool> IsStrangerUntouchedAsync(Guid id) => host.IsStrangerUntouchedAsync(id);

    protected override Task AssertTraceless(MachineSpec spec) => host.AssertTracelessAsync(spec);
}

/// <summary>Guests are loopback addresses, served by the test itself.</summary>
public sealed class StandInHypervisorHost : HypervisorHost
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wh-stand-in-").FullName;
    private readonly int _httpPort = FreePorts.Next();
    private readonly int _sshPort = FreePorts.Next();
    private readonly StandInTools _tools;
    private readonly StandInGuests _guests;

    public StandInHypervisorHost()
    {
        _tools = new StandInTools(_folder);
        _guests = new StandInGuests(_tools.Guests, _httpPort, _sshPort);
    }

    /// <summary>What its seed brought, until it was given others.</summary>
    internal string KeysIn(MachineSpec spec)
    {
        var given = _tools.At($"keys/{spec.Address}");
        return File.ReadAllText(File.Exists(given) ? given : _tools.At($"guests/{spec.Address}"));
    }

    protected override string Folder => Path.Combine(_folder, "data");

    protected override Dictionary<string, string?> Settings => new()
    {
        ["Images:Path"] = Path.Combine(_folder, "images"),
        ["Network:Subnet"] = "127.66.0.0/24",
        ["Guest:HttpPort"] = _httpPort.ToString(),
        ["Guest:SshPort"] = _sshPort.ToString(),
    };

    protected override IReadOnlyDictionary<string, string> ToolVariables => _tools.Environment();

    public override async Task InitializeAsync()
    {
        StandInTools.WriteTemplate(Path.Combine(_folder, "images", "current"));
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _guests.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
