using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Drift;

/// <summary>What domains say of themselves.</summary>
/// <param name="Foreign">Those that carry no metadata of this install, with the reason.</param>
/// <param name="Ports">Of the others, their network ports.</param>
/// <param name="BackingFiles">Of the others, the template's disk that the domain names.</param>
public sealed record DomainSurvey(
    IReadOnlyDictionary<Guid, string> Foreign, IReadOnlyDictionary<Guid, NetworkPort> Ports, IReadOnlyDictionary<Guid, string> BackingFiles);

/// <summary>What is on disk for the machines that should be there.</summary>
/// <param name="DamagedDisks">Disks that are there and cannot be used, with the reason.</param>
/// <param name="Owners">Of each disk and seed.</param>
public sealed record DiskSurvey(
    IReadOnlySet<Guid> WithoutDisk, IReadOnlySet<Guid> WithoutSeed, IReadOnlyDictionary<Guid, string> DamagedDisks, IReadOnlyList<MachineFile> Owners);

/// <param name="Mode">Octal, as stat(1) writes it.</param>
public sealed record MachineFile(Guid Machine, string Name, int Uid, string Mode);

/// <summary>Looks into every machine's domain and folder, a few at a time.</summary>
public sealed class MachineSurvey(Virsh virsh, QemuImg qemuImg, HostTools host, InstallIdentity identity, IOptions<InstallSettings> install)
{
    private const int AtOnce = 4;

    public async Task<DomainSurvey> LookAtDomainsAsync(IEnumerable<MachineSighting> machines, CancellationToken ct)
    {
        var mine = await identity.GetAsync(ct);
        var foreign = new ConcurrentDictionary<Guid, string>();
        var ports = new ConcurrentDictionary<Guid, NetworkPort>();
        var backing = new ConcurrentDictionary<Guid, string>();
        await EachAsync(machines.Select(m => m.Id), async (id, token) =>
        {
            var name = Folder(id).DomainName;
            if (await virsh.DumpXmlAsync(name, token) is not { } xml)
                return;
            if (DomainXml.ReadMetadata(xml) is not { } mark || mark.Id != id || mark.Install != mine)
            {
                foreign[id] = $"The domain {name} is not this install's.";
                return;
            }
            ports[id] = NetworkPort.Read(xml);
            if (DomainXml.ReadBackingFile(xml) is { } file)
                backing[id] = file;
        }, ct);
        return new DomainSurvey(foreign, ports, backing);
    }

    public async Task<DiskSurvey> LookAtDisksAsync(IReadOnlyList<Hosting> hostings, DomainSurvey domains, CancellationToken ct)
    {
        var folders = hostings.ToDictionary(h => h.MachineId, h => Folder(h.MachineId));
        var withoutDisk = folders.Where(f => !File.Exists(f.Value.Disk)).Select(f => f.Key).ToHashSet();
        var withoutSeed = folders.Where(f => !File.Exists(f.Value.Seed)).Select(f => f.Key).ToHashSet();
        var damaged = new ConcurrentDictionary<Guid, string>();
        await EachAsync(folders.Keys.Except(withoutDisk), async (id, token) =>
        {
            if (DamageOf(await qemuImg.BackingFileAsync(folders[id].Disk, token), domains.BackingFiles.GetValueOrDefault(id)) is { } damage)
                damaged[id] = damage;
        }, ct);
        var files = folders.SelectMany(f => new[] { f.Value.Disk, f.Value.Seed }.Where(File.Exists), (f, path) => (Machine: f.Key, Path: path)).ToList();
        var owners = await host.OwnersAsync([.. files.Select(f => f.Path)], ct);
        return new DiskSurvey(withoutDisk, withoutSeed, damaged,
        [
            .. files.Where(f => owners.ContainsKey(f.Path))
                .Select(f => new MachineFile(f.Machine, Path.GetFileName(f.Path), owners[f.Path].Uid, owners[f.Path].Mode)),
        ]);
    }

    /// <summary>Machines of which a lock file is there: it goes with the machine.</summary>
    public IReadOnlyList<Guid> LockFiles()
    {
        const string Prefix = "machine-";
        return !Directory.Exists(install.Value.Run) ? [] :
            [.. Directory.GetFiles(install.Value.Run, $"{Prefix}*.lock").Select(f => Path.GetFileNameWithoutExtension(f)[Prefix.Length..])
                .Where(n => Guid.TryParse(n, out _)).Select(Guid.Parse)];
    }

    private static string? DamageOf(string? backing, string? domains) => backing switch
    {
        null => "It cannot be read as an overlay of a template.",
        _ when !File.Exists(backing) => $"The template under it is gone: {backing}.",
        _ when domains is not null && domains != backing => $"It lies over {backing}, but its domain names {domains}.",
        _ => null,
    };

    private static Task EachAsync(IEnumerable<Guid> ids, Func<Guid, CancellationToken, ValueTask> lookAsync, CancellationToken ct) =>
        Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, lookAsync);

    private MachineFolder Folder(Guid id) => new(install.Value, id);
}
