using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Libvirt;

namespace WebHoster.Infrastructure.Drift;

/// <summary>A hosting's SSH port on which our nginx does not listen.</summary>
/// <param name="Holder">Who does, if anybody: name and process id.</param>
public sealed record SilentPort(int Port, string? Holder);

/// <summary>Everything fsck compares, looked at once. The checks are pure functions of it.</summary>
/// <param name="Pending">Ids of hostings with an unfinished operation.</param>
/// <param name="Machines">Domains that have this install's kind of name.</param>
/// <param name="Folders">Names in the machines folder.</param>
/// <param name="Locks">Ids of machines that have a lock file.</param>
/// <param name="Dhcp">DHCP entries, ours or not: address by MAC.</param>
/// <param name="NetworkActive">Null where the network is not defined.</param>
public sealed record HostPicture(
    IReadOnlyList<Hosting> Hostings, IReadOnlySet<Guid> Pending, IReadOnlyList<Slot> Slots,
    IReadOnlyList<MachineSighting> Machines, DomainSurvey Domains, IReadOnlyList<string> Folders, IReadOnlyList<Guid> Locks,
    DiskSurvey Disks, IReadOnlyDictionary<string, string?> Dhcp, bool? NetworkActive, FirewallState Firewall,
    bool RoutesApplied, IReadOnlyList<QuarantinedRoute> Quarantined, IReadOnlyList<SilentPort> SilentSshPorts)
{
    /// <summary>Those that have to be just as PostgreSQL says.</summary>
    public IEnumerable<Hosting> Settled => Hostings.Where(h => !Pending.Contains(h.Id));
}
