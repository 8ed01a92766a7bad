using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Metrics;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>Machines under libvirt and QEMU. Everything it needs to know follows from the spec or is asked from libvirt.</summary>
public sealed class LibvirtHypervisor(
    Virsh virsh, VirtInstall virtInstall, QemuImg qemuImg, GuestAgent agent, HostTools host, SeedImage seeds, GuestHostKey hostKeys, FilesKey filesKey,
    InstallIdentity identity, IOptions<InstallSettings> install, IOptions<ImagesSettings> images,
    IOptions<NetworkSettings> network, IOptions<GuestSettings> guest, SlotPlan plan) : IHypervisor
{
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Two who define one machine at once would write the same files. Between workers, its lease stands.</summary>
    private readonly SemaphoreSlim[] _defining = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];

    private string Bridge => network.Value.Bridge;

    public async Task<Machine?> FindAsync(Guid id, CancellationToken ct)
    {
        var name = Folder(id).DomainName;
        if (await virsh.DumpXmlAsync(name, ct) is not { } xml)
            return null;
        var mark = DomainXml.ReadMetadata(xml);
        if (mark is null || mark.Value.Id != id || mark.Value.Install != await identity.GetAsync(ct))
            throw new HostException($"The domain {name} is not this install's; it is left alone.", xml);
        if (await virsh.DomStatsAsync(name, ct) is not { } stats)
            return null;
        return new Machine(id, mark.Value.Generation, DomainStats.Parse(stats).Select(s => s.State).FirstOrDefault(MachineState.Off));
    }

    public async Task<IReadOnlyList<MachineSighting>> ListAsync(CancellationToken ct) =>
        [.. DomainStats.Parse(await virsh.DomStatsAsync(ct))
            .Select(d => (Id: IdOf(d.Name), d.State)).Where(d => d.Id is not null).Select(d => new MachineSighting(d.Id!.Value, d.State))];

    public async Task<IReadOnlyList<MachineReading>> ReadFiguresAsync(CancellationToken ct) =>
        [.. DomainFigures.Parse(await virsh.DomStatsFiguresAsync(ct), IdOf)];

    public async IAsyncEnumerable<bool> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        yield return true;
        await foreach (var line in virsh.ReadLifecycleEventsAsync(ct))
        {
            if (line.Contains($"'{install.Value.Name}-", StringComparison.Ordinal))
                yield return true;
        }
    }

    public async Task<bool> HasDiskAsync(MachineSpec spec, CancellationToken ct) =>
        File.Exists(Folder(spec.Id).Disk)
        && await qemuImg.BackingFileAsync(Folder(spec.Id).Disk, ct) is { } backing && File.Exists(backing);

    public async Task CreateDiskAsync(MachineSpec spec, CancellationToken ct)
    {
        var folder = Folder(spec.Id);
        Directory.CreateDirectory(folder.Path, FolderMode);
        var template = Template.Load(Path.Combine(images.Value.Path, images.Value.Default));
        var beside = folder.Disk + ".new";
        File.Delete(beside);
        await qemuImg.CreateOverlayAsync(beside, template.Disk, spec.DiskGb, folder.LockFile, ct);
        await GiveAsync(beside, spec.Uid, ct);
        File.Move(beside, folder.Disk, overwrite: true);
    }

    public async Task<bool> HasSeedAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct)
    {
        var folder = Folder(spec.Id);
        return File.Exists(folder.HostKey)
            && SeedImage.Matches(await BuildAsync(spec, seed, ct), folder.SeedSource, folder.Seed);
    }

    public async Task WriteSeedAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct)
    {
        var folder = Folder(spec.Id);
        Directory.CreateDirectory(folder.Path, FolderMode);
        var beside = folder.Seed + ".new";
        await seeds.WriteAsync(await BuildAsync(spec, seed, ct), folder.SeedSource, beside, folder.LockFile, ct);
        await GiveAsync(beside, spec.Uid, ct);
        File.Move(beside, folder.Seed, overwrite: true);
    }

    public async Task<string?> ReadHostKeyAsync(Guid id, CancellationToken ct) =>
        await hostKeys.ReadAsync(Folder(id).HostKey, ct) is (_, var line) ? SshPublicKey.Parse(line).WithoutComment : null;

    public async Task DefineAsync(MachineSpec spec, CancellationToken ct)
    {
        var one = _defining[(uint)spec.Id.GetHashCode() % _defining.Length];
        await one.WaitAsync(ct);
        try
        {
            await DefineAloneAsync(spec, ct);
        }
        finally
        {
            one.Release();
        }
    }

    private async Task DefineAloneAsync(MachineSpec spec, CancellationToken ct)
    {
        var folder = Folder(spec.Id);
        var known = await FindAsync(spec.Id, ct);
        if (known?.Generation == spec.Generation)
            return;
        var backing = await qemuImg.BackingFileAsync(folder.Disk, ct)
            ?? throw new HostException("The machine's disk is missing or damaged.", folder.Disk);
        var template = Template.Load(Path.GetDirectoryName(backing)!);
        if (template.Kernel is { } kernel)
        {
            File.Copy(kernel, folder.Kernel, overwrite: true);
            File.Copy(template.Initrd!, folder.Initrd, overwrite: true);
        }
        var printed = await virtInstall.PrintXmlAsync(spec, folder, template, await host.LibvirtGroupAsync(ct), again: known is not null, ct);
        var xml = DomainXml.Complete(printed, spec, folder, backing, await identity.GetAsync(ct));
        await File.WriteAllTextAsync(folder.DomainXml, xml, ct);
        await virsh.DefineAsync(folder.DomainXml, folder.LockFile, ct);
    }

    public async Task StartAsync(MachineSpec spec, CancellationToken ct)
    {
        var folder = Folder(spec.Id);
        await DefineAsync(spec, ct);
        await virsh.NetUpdateHostAsync(Bridge, true, spec.Mac, spec.Address.ToString(), folder.LockFile, ct);
        await host.SetNeighbourAsync(Bridge, spec.Address.ToString(), spec.Mac, ct);
        if ((await FindAsync(spec.Id, ct))?.State is not MachineState.Running)
            await virsh.StartAsync(folder.DomainName, folder.LockFile, ct);
    }

    public async Task ShutDownAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is { State: MachineState.Running or MachineState.Paused })
            await virsh.ShutdownAsync(Folder(id).DomainName, Folder(id).LockFile, ct);
    }

    public async Task DestroyAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is { State: MachineState.Running or MachineState.Paused })
            await virsh.DestroyAsync(Folder(id).DomainName, Folder(id).LockFile, ct);
    }

    public async Task RemoveAsync(MachineSpec spec, CancellationToken ct)
    {
        await RemoveUnownedAsync(spec.Id, ct);
        if (await virsh.NetDumpXmlAsync(Bridge, ct) is { } net && net.Contains($"'{spec.Mac}'"))
            await virsh.NetUpdateHostAsync(Bridge, false, spec.Mac, spec.Address.ToString(), Folder(spec.Id).LockFile, ct);
        await host.DeleteNeighbourAsync(Bridge, spec.Address.ToString(), ct);
    }

    public async Task RemoveUnownedAsync(Guid id, CancellationToken ct)
    {
        // Also throws where a stranger's domain has our name: that one is not ours to remove.
        if (await FindAsync(id, ct) is null)
            return;
        await virsh.DestroyAsync(Folder(id).DomainName, Folder(id).LockFile, ct);
        await virsh.UndefineAsync(Folder(id).DomainName, Folder(id).LockFile, ct);
        if (await FindAsync(id, ct) is not null)
            throw new HostException("The machine could not be removed.", Folder(id).DomainName);
    }

    /// <summary>The lock file goes last: where it is, something may be left.</summary>
    public Task<bool> HasFilesAsync(Guid id, CancellationToken ct) =>
        Task.FromResult(Directory.Exists(Folder(id).Path) || File.Exists(Folder(id).LockFile));

    public async Task EraseFilesAsync(Guid id, bool everything, CancellationToken ct)
    {
        var folder = Folder(id);
        if (everything)
        {
            await host.RemoveTreeAsync(folder.Path, folder.LockFile, ct);
            HostTools.DeleteLogs(folder.DomainName);
            File.Delete(folder.LockFile);
            return;
        }
        foreach (var file in new[] { folder.Disk, folder.Seed, folder.ConsoleLog }.Where(File.Exists))
            File.Delete(file);
    }

    public Task<GuestAnswer> AskGuestAsync(MachineSpec spec, CancellationToken ct) =>
        GuestProbe.AskAsync(spec.Address, guest.Value.HttpPort, guest.Value.SshPort, ct);

    public async Task SetKeysAsync(Guid id, GuestSeed seed, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { State: MachineState.Running })
            throw new HostException("The machine does not run.");
        await agent.RunScriptAsync(Folder(id), GuestKeys.Script, seed.User, GuestKeys.TextOf(await WithFilesKeyAsync(seed, ct)), ct);
    }

    public async Task<string> ReadConsoleTailAsync(Guid id, int lines, CancellationToken ct)
    {
        var log = Folder(id).ConsoleLog;
        return File.Exists(log) ? string.Join('\n', (await File.ReadAllLinesAsync(log, ct)).TakeLast(lines)) : "";
    }

    private MachineFolder Folder(Guid id) => new(install.Value, id);

    /// <summary>The machine behind a domain of this install's kind of name; null for any other.</summary>
    private Guid? IdOf(string domain) =>
        domain.StartsWith(install.Value.Name + "-", StringComparison.Ordinal) && Guid.TryParse(domain[(install.Value.Name.Length + 1)..], out var id) ? id : null;

    private async Task<CloudInitSeed> BuildAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct) =>
        CloudInitSeed.For(spec, await WithFilesKeyAsync(seed, ct), await hostKeys.EnsureAsync(Folder(spec.Id).HostKey, spec.Slug, ct), plan);

    private async Task<GuestSeed> WithFilesKeyAsync(GuestSeed seed, CancellationToken ct) =>
        seed with { AuthorizedKeys = $"{seed.AuthorizedKeys}\n{await filesKey.LineAsync(ct)}" };

    private async Task GiveAsync(string file, int uid, CancellationToken ct)
    {
        File.SetUnixFileMode(file, MachineFolder.FileMode);
        await host.ChownAsync(file, uid, ct);
    }
}
