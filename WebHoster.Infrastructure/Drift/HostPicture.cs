using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;

namespace WebHoster.Infrastructure.Drift;

/// <summary>Everything fsck compares, looked at once. The checks are pure functions of it.</summary>
/// <param name="Pending">Ids of hostings with an unfinished operation.</param>
/// <param name="Machines">Domains that have this install's kind of name.</param>
/// <param name="Foreign">Of those, names that carry no metadata of this install, with the reason.</param>
/// <param name="Folders">Names in the machines folder.</param>
/// <param name="WithoutDisk">Ids of hostings' machines that have no disk.</param>
/// <param name="WithoutSeed">Ids of hostings' machines that have no seed.</param>
/// <param name="DhcpMacs">MACs with a DHCP entry, ours or not.</param>
/// <param name="NetworkActive">Null where the network is not defined.</param>
public sealed record HostPicture(
    IReadOnlyList<Hosting> Hostings, IReadOnlySet<Guid> Pending, IReadOnlyList<Slot> Slots,
    IReadOnlyList<MachineSighting> Machines, IReadOnlyDictionary<Guid, string> Foreign, IReadOnlyList<string> Folders,
    IReadOnlySet<Guid> WithoutDisk, IReadOnlySet<Guid> WithoutSeed, IReadOnlySet<string> DhcpMacs, bool? NetworkActive, bool FirewallApplied,
    bool RoutesApplied, IReadOnlyList<int> SilentSshPorts)
{
    /// <summary>Those that have to be just as PostgreSQL says.</summary>
    public IEnumerable<Hosting> Settled => Hostings.Where(h => !Pending.Contains(h.Id));
}
