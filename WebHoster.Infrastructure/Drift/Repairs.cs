using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Drift;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Drift;

/// <summary>Mends what fsck names. Nothing that holds a customer's data is touched while a row owns it.</summary>
public sealed class Repairs(
    IDbContextFactory<WebHosterDb> factory, IHypervisor hypervisor, HostScan scan, HostNetwork network, Virsh virsh, HostTools host,
    WelcomePage pages, SlotPlan plan, IOptions<InstallSettings> install, IOptions<NetworkSettings> networkSettings, TimeProvider clock,
    ILogger<Repairs> logger)
{
    private const string NobodyElse = "Only a person can decide this.";

    private static readonly HashSet<string> Mendable =
    [
        "machine-not-running", "machine-running", "routes-differ", "port-silent", "machine-missing", "filter-missing", "machine-unowned", "folder-unowned",
        "lock-unowned", "file-owner", "seed-missing", "dhcp-missing", "dhcp-wrong", "dhcp-unowned", "slot-leaked", "slot-lost", "network-down",
        "firewall-missing", "firewall-changed",
    ];

    private string Bridge => networkSettings.Value.Bridge;

    /// <summary>False where only a person can decide.</summary>
    public static bool CanMend(string kind) => Mendable.Contains(kind);

    /// <summary>Mends it, and says how that went; the host's refusals are no exceptions here.</summary>
    public async Task<(RepairStatus Status, string? Words)> TryMendAsync(Difference difference, CancellationToken ct)
    {
        try
        {
            return await MendAsync(difference, ct) ? (RepairStatus.Repaired, null) : (RepairStatus.Left, NobodyElse);
        }
        catch (Exception e) when (e is HostException or IOException or UnauthorizedAccessException)
        {
            return (RepairStatus.Failed, e.Message);
        }
    }

    /// <summary>True where it was mended, or is being mended by the worker; false where only a person can decide.</summary>
    public async Task<bool> MendAsync(Difference difference, CancellationToken ct)
    {
        if (!CanMend(difference.Kind))
            return false;
        logger.LogInformation("Mending {Kind} of {Subject}", difference.Kind, difference.Subject);
        switch (difference.Kind)
        {
            case "machine-not-running" or "machine-running" or "routes-differ" or "port-silent":
                await scan.RunAsync(ct);
                return true;
            case "machine-missing":
                return await WithHostingAsync(difference.Subject, h => hypervisor.DefineAsync(pages.SpecOf(h), ct), ct);
            case "filter-missing":
                return await DefineAgainAsync(difference.Subject, ct);
            case "machine-unowned":
                await RemoveMachineAsync(Guid.Parse(difference.Subject), ct);
                return true;
            case "folder-unowned":
                var folder = new MachineFolder(install.Value, Guid.Parse(difference.Subject));
                await host.RemoveTreeAsync(folder.Path, folder.LockFile, ct);
                File.Delete(folder.LockFile);
                return true;
            case "lock-unowned":
                File.Delete(new MachineFolder(install.Value, Guid.Parse(difference.Subject)).LockFile);
                return true;
            case "file-owner":
                return await WithHostingAsync(difference.Subject, h => GiveFilesAsync(h, ct), ct);
            case "seed-missing":
                return await WithHostingAsync(difference.Subject, h => WriteSeedAsync(h, ct), ct);
            case "dhcp-missing":
                return await WithHostingAsync(difference.Subject, h => virsh.NetUpdateHostAsync(
                    Bridge, true, plan.Mac(h.SlotNumber), plan.Address(h.SlotNumber).ToString(), null, ct), ct);
            case "dhcp-wrong":
                return await WithHostingAsync(difference.Subject, async h =>
                {
                    await RemoveDhcpEntryAsync(plan.Mac(h.SlotNumber), ct);
                    await virsh.NetUpdateHostAsync(Bridge, true, plan.Mac(h.SlotNumber), plan.Address(h.SlotNumber).ToString(), null, ct);
                }, ct);
            case "dhcp-unowned":
                return await RemoveDhcpEntryAsync(difference.Subject, ct);
            case "slot-leaked":
                await ReleaseAsync(int.Parse(difference.Subject), ct);
                return true;
            case "slot-lost":
                return await WithHostingAsync(difference.Subject, h => HoldAgainAsync(h, ct), ct);
            case "network-down" or "firewall-missing" or "firewall-changed":
                await network.EnsureAsync(ct);
                return true;
            default:
                throw new UnreachableException(difference.Kind);
        }
    }

    /// <summary>Looks once more: a row that has come meanwhile owns it, and a stranger's domain is refused by the hypervisor.</summary>
    private async Task RemoveMachineAsync(Guid id, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        if (!await db.Hostings.AnyAsync(h => h.MachineId == id, ct))
        {
            await hypervisor.RemoveUnownedAsync(id, ct);
            File.Delete(new MachineFolder(install.Value, id).LockFile);
        }
    }

    /// <summary>
    /// From the file that its domain was made from: the hypervisor itself sees a domain of the right generation and leaves it. False
    /// where the file is gone or was changed as well.
    /// </summary>
    private async Task<bool> DefineAgainAsync(string slug, CancellationToken ct)
    {
        var defined = false;
        await WithHostingAsync(slug, async hosting =>
        {
            var folder = new MachineFolder(install.Value, hosting.MachineId);
            if (!File.Exists(folder.DomainXml))
                return;
            var xml = await File.ReadAllTextAsync(folder.DomainXml, ct);
            if (DomainXml.ReadMetadata(xml) is not { } mark || mark.Id != hosting.MachineId || mark.Generation != hosting.Generation
                || NetworkPort.Read(xml) != NetworkPort.Of(plan, hosting.SlotNumber))
                return;
            await virsh.DefineAsync(folder.DomainXml, folder.LockFile, ct);
            defined = true;
        }, ct);
        return defined;
    }

    private async Task GiveFilesAsync(Hosting hosting, CancellationToken ct)
    {
        var folder = new MachineFolder(install.Value, hosting.MachineId);
        foreach (var file in new[] { folder.Disk, folder.Seed }.Where(File.Exists))
        {
            File.SetUnixFileMode(file, MachineFolder.FileMode);
            await host.ChownAsync(file, plan.Uid(hosting.SlotNumber), ct);
        }
    }

    private async Task WriteSeedAsync(Hosting hosting, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await hypervisor.WriteSeedAsync(pages.SpecOf(hosting), pages.SeedOf(hosting, await db.AuthorizedKeysAsync(hosting, ct)), ct);
    }

    private async Task<bool> RemoveDhcpEntryAsync(string mac, CancellationToken ct)
    {
        // libvirt wants the whole entry, and an entry that we did not make may have any address.
        if (Fsck.DhcpEntries(await virsh.NetDumpXmlAsync(Bridge, ct)).FirstOrDefault(e => e.Mac == mac).Address is not { } address)
            return false;
        await virsh.NetUpdateHostAsync(Bridge, false, mac, address, null, ct);
        return true;
    }

    private async Task<bool> WithHostingAsync(string slug, Func<Hosting, Task> mendAsync, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        if (await db.Hostings.AsNoTracking().SingleOrDefaultAsync(h => h.Slug == slug, ct) is not { } hosting)
            return false;
        await mendAsync(hosting);
        return true;
    }

    private async Task HoldAgainAsync(Hosting hosting, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        hosting.HoldAgain(await db.Slots.SingleAsync(s => s.Number == hosting.SlotNumber, ct));
        await db.SaveChangesAsync(ct);
    }

    private async Task ReleaseAsync(int number, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var slot = await db.Slots.SingleAsync(s => s.Number == number, ct);
        if (!await db.Hostings.AnyAsync(h => h.SlotNumber == number, ct))
            slot.Release(clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
    }
}
