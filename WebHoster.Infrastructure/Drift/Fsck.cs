using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Drift;

/// <summary>
/// The read-only check. The host is listed first and PostgreSQL second: what is made in between has a row already, since rows
/// are committed before anything exists.
/// </summary>
public sealed class Fsck(
    IDbContextFactory<WebHosterDb> factory, IHypervisor hypervisor, MachineSurvey survey, IReverseProxy proxy, RouteTables tables, Virsh virsh,
    Firewall firewall, InstallIdentity identity, SlotPlan plan, IOptions<InstallSettings> install, IOptions<NetworkSettings> network)
{
    /// <exception cref="HostException">The host could not be looked at.</exception>
    public async Task<FsckReport> RunAsync(CancellationToken ct)
    {
        await identity.GetAsync(ct);
        var picture = await LookAsync(ct);
        return new FsckReport([.. Checks.All(picture, plan)], picture.Pending.Count, picture.Hostings.Count);
    }

    private async Task<HostPicture> LookAsync(CancellationToken ct)
    {
        var machines = await hypervisor.ListAsync(ct);
        var domains = await survey.LookAtDomainsAsync(machines, ct);
        var locks = survey.LockFiles();
        var folders = Directory.Exists(install.Value.Machines)
            ? Directory.GetFileSystemEntries(install.Value.Machines).Select(p => Path.GetFileName(p)!).ToList() : [];
        var net = await virsh.NetDumpXmlAsync(network.Value.Bridge, ct);
        var active = net is null ? (bool?)null : await virsh.IsNetActiveAsync(network.Value.Bridge, ct);
        var firewallState = await firewall.LookAsync(ct);

        await using var db = await factory.CreateDbContextAsync(ct);
        var hostings = await db.Hostings.AsNoTracking().OrderBy(h => h.Slug).ToListAsync(ct);
        var slots = await db.Slots.AsNoTracking().ToListAsync(ct);
        var pending = await db.Operations
            .Where(o => o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)
            .Select(o => o.HostingId).ToListAsync(ct);
        var open = NginxInstance.Ssh(install.Value).RunningPid() is { } pid ? KernelSockets.ListeningPorts(pid) : [];
        var silent = hostings.Where(h => !pending.Contains(h.Id)).Select(h => plan.Port(h.SlotNumber)).Where(p => !open.Contains(p))
            .Select(p => new SilentPort(p, KernelSockets.OwnerOf(p))).ToList();
        // What has gone since it was listed went with its row.
        folders = [.. folders.Where(f => Path.Exists(Path.Combine(install.Value.Machines, f)))];
        locks = [.. locks.Intersect(survey.LockFiles())];
        var table = await tables.LoadAsync(ct);
        var owned = hostings.Where(h => pending.Contains(h.Id)).Select(h => h.Slug).ToHashSet();
        return new HostPicture(
            hostings, pending.ToHashSet(), slots, machines, domains, folders, locks, await survey.LookAtDisksAsync(hostings, domains, ct),
            DhcpEntries(net).DistinctBy(e => e.Mac).ToDictionary(e => e.Mac, e => e.Address), active, firewallState,
            await proxy.IsAppliedAsync(table, ct), [.. proxy.Quarantine(table).Where(q => !owned.Contains(q.Slug))], silent);
    }

    /// <summary>The network's DHCP entries; none where it is not defined.</summary>
    internal static IEnumerable<(string Mac, string? Address)> DhcpEntries(string? networkXml) => networkXml is null ? [] :
        [.. XElement.Parse(networkXml).Descendants("host").Where(h => h.Attribute("mac") is not null)
            .Select(h => (h.Attribute("mac")!.Value, h.Attribute("ip")?.Value))];
}
