using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>
/// The real hypervisor of an install of its own, without engine, nginx or portal: name, bridge, subnet and folder are its own,
/// and go with it.
/// </summary>
public abstract class HypervisorHost : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private IHost? _host;
    private int _slots;
    private string? _stranger;

    protected string Name { get; } = $"t{Random.Shared.Next(0x1000, 0xffff):x}";

    internal IServiceProvider Services => _host!.Services;

    internal IHypervisor Hypervisor => Services.GetRequiredService<IHypervisor>();

    internal Virsh Virsh => Services.GetRequiredService<Virsh>();

    internal string Bridge => $"{Name}0";

    /// <summary>The data directory, which QEMU must be able to pass through.</summary>
    protected abstract string Folder { get; }

    protected abstract Dictionary<string, string?> Settings { get; }

    /// <summary>What the host's tools are to see besides this process's environment.</summary>
    protected virtual IReadOnlyDictionary<string, string> ToolVariables => new Dictionary<string, string>();

    public virtual async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        Directory.CreateDirectory(Folder, (UnixFileMode)0b111_001_001);
        foreach (var part in new[] { "run", "machines" })
            Directory.CreateDirectory(Path.Combine(Folder, part), (UnixFileMode)0b111_001_001);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(Settings)
        {
            ["ConnectionStrings:Default"] = _postgres.ConnectionString,
            ["Install:Name"] = Name,
            ["Install:DataPath"] = Folder,
            ["Network:Bridge"] = Bridge,
        });
        builder.Services.AddWebHosterCore(builder.Configuration);
        builder.Services.AddWebHosterHost();
        builder.Services.AddSingleton(p => new CommandRunner(
            p.GetRequiredService<IOptions<EngineSettings>>(), p.GetRequiredService<ILogger<CommandRunner>>())
        {
            Variables = ToolVariables,
        });
        _host = builder.Build();
        await Services.GetRequiredService<Migrator>().MigrateAsync();
        await Services.GetRequiredService<HostNetwork>().EnsureAsync(default);
    }

    public virtual async Task DisposeAsync()
    {
        if (_host is not null)
            await Services.GetRequiredService<HostNetwork>().RemoveAsync(default);
        _host?.Dispose();
        await _postgres.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    internal MachineSpec NewSpec() => SpecAt(Services.GetRequiredService<SlotPlan>(), Interlocked.Increment(ref _slots));

    internal string DomainOf(Guid id) => new MachineFolder(Services.GetRequiredService<IOptions<InstallSettings>>().Value, id).DomainName;

    internal static MachineSpec SpecAt(SlotPlan plan, int slot) =>
        new(Guid.NewGuid(), 1, $"contract-{slot}", 1024, 1, 10, plan.Address(slot), plan.Mac(slot), plan.Uid(slot));

    /// <summary>No row in DHCP, no lock file: what a removed machine must not leave.</summary>
    internal async Task AssertTracelessAsync(MachineSpec spec)
    {
        Assert.DoesNotContain(spec.Mac, await Virsh.NetDumpXmlAsync(Bridge, default));
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(Folder, "run")), f => f.Contains(spec.Id.ToString()));
    }

    /// <summary>A domain of our kind of name, defined by somebody else.</summary>
    internal async Task PlantStrangerAsync(Guid id)
    {
        var file = Path.Combine(Folder, "stranger.xml");
        await File.WriteAllTextAsync(file, $"<domain type='qemu'>\n<name>{DomainOf(id)}</name>\n<memory>65536</memory>\n<os><type>hvm</type></os>\n</domain>\n");
        await Virsh.DefineAsync(file, null, default);
        _stranger = await Virsh.DumpXmlAsync(DomainOf(id), default);
    }

    internal async Task<bool> IsStrangerUntouchedAsync(Guid id)
    {
        var untouched = await Virsh.DumpXmlAsync(DomainOf(id), default) == _stranger;
        await Virsh.UndefineAsync(DomainOf(id), null, default);
        return untouched;
    }
}
