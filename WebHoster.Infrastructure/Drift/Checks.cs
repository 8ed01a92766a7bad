using WebHoster.Core;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Libvirt;

namespace WebHoster.Infrastructure.Drift;

/// <summary>The comparisons, each both ways. Pure.</summary>
public static class Checks
{
    public static IEnumerable<Difference> All(HostPicture host, SlotPlan plan) =>
        [.. Machines(host), .. Ports(host, plan), .. Files(host), .. Disks(host, plan), .. Slots(host), .. Addresses(host, plan), .. Proxy(host), .. Network(host)];

    private static IEnumerable<Difference> Machines(HostPicture host)
    {
        var states = host.Machines.ToDictionary(m => m.Id, m => m.State);
        foreach (var hosting in host.Settled)
        {
            var state = states.TryGetValue(hosting.MachineId, out var seen) ? seen : (MachineState?)null;
            var shouldRun = hosting.Status == HostingStatus.Running;
            if (state is null && hosting.Status is HostingStatus.Running or HostingStatus.Stopped)
                yield return new("machine-missing", hosting.Slug, "libvirt has no such domain.", "Define it again from its disk: fsck --repair.");
            else if (shouldRun && state is not MachineState.Running)
                yield return new("machine-not-running", hosting.Slug, $"The domain is {state?.Word()}, not running.", "The worker starts it.");
            else if (hosting.Status == HostingStatus.Stopped && state == MachineState.Running)
                yield return new("machine-running", hosting.Slug, "The domain runs, but the hosting is stopped.", "The worker takes note of it.");
        }
        foreach (var machine in host.Machines)
        {
            if (host.Domains.Foreign.TryGetValue(machine.Id, out var why))
                yield return new("machine-foreign", machine.Id.ToString(), why, "Rename that domain: it is left alone.");
            else if (host.Hostings.All(h => h.MachineId != machine.Id))
                yield return new("machine-unowned", machine.Id.ToString(), "A domain that no hosting owns.", "virsh destroy, then virsh undefine.");
        }
    }

    private static IEnumerable<Difference> Ports(HostPicture host, SlotPlan plan)
    {
        foreach (var hosting in Whole(host))
        {
            var expected = NetworkPort.Of(plan, hosting.SlotNumber);
            if (host.Domains.Ports.TryGetValue(hosting.MachineId, out var port) && port != expected)
                yield return new("filter-missing", hosting.Slug, $"The domain's network port is {port}, not {expected}.", "Define it again: fsck --repair. A machine that runs keeps its port as it is until its next start.");
        }
    }

    private static IEnumerable<Difference> Disks(HostPicture host, SlotPlan plan)
    {
        const string Mode = "600";
        foreach (var hosting in Whole(host))
        {
            if (host.Disks.WithoutDisk.Contains(hosting.MachineId))
                yield return new("disk-missing", hosting.Slug, "The machine's disk is gone, and what was on it.", "Rebuild or delete the hosting: --repair cannot bring it back.");
            if (host.Disks.DamagedDisks.TryGetValue(hosting.MachineId, out var damage))
                yield return new("disk-damaged", hosting.Slug, $"The machine's disk cannot be used. {damage}", "Put back what is gone, or rebuild the hosting: --repair cannot.");
            if (host.Disks.WithoutSeed.Contains(hosting.MachineId))
                yield return new("seed-missing", hosting.Slug, "The machine's first settings are gone.", "Write them again: fsck --repair.");
            var uid = plan.Uid(hosting.SlotNumber);
            foreach (var file in host.Disks.Owners.Where(f => f.Machine == hosting.MachineId && (f.Uid != uid || f.Mode != Mode)))
                yield return new("file-owner", hosting.Slug, $"{file.Name} belongs to uid {file.Uid} with mode {file.Mode}, not to {uid} with {Mode}.", "chown and chmod: fsck --repair.");
        }
    }

    /// <summary>A failed hosting says itself that it is not whole.</summary>
    private static IEnumerable<Hosting> Whole(HostPicture host) =>
        host.Settled.Where(h => h.Status is HostingStatus.Running or HostingStatus.Stopped);

    private static IEnumerable<Difference> Files(HostPicture host)
    {
        foreach (var folder in host.Folders)
        {
            if (!Guid.TryParse(folder, out var id))
                yield return new("file-foreign", folder, "Not a machine's folder.", "Move it out of the machines folder.");
            else if (host.Hostings.All(h => h.MachineId != id))
                yield return new("folder-unowned", folder, "A machine's folder that no hosting owns.", "Remove the folder.");
        }
        foreach (var id in host.Locks.Where(id => host.Hostings.All(h => h.MachineId != id)))
            yield return new("lock-unowned", id.ToString(), "The lock file of a machine that no hosting owns.", "Remove it from the run folder.");
    }

    private static IEnumerable<Difference> Slots(HostPicture host)
    {
        foreach (var slot in host.Slots.Where(s => s.State == SlotState.Held))
        {
            if (host.Hostings.All(h => h.Id != slot.HostingId || h.SlotNumber != slot.Number))
                yield return new("slot-leaked", slot.Number.ToString(), "Held by no hosting.", "Release it.");
        }
        foreach (var hosting in host.Hostings)
        {
            if (host.Slots.All(s => s.Number != hosting.SlotNumber || s.HostingId != hosting.Id))
                yield return new("slot-lost", hosting.Slug, $"Slot {hosting.SlotNumber} is not held by its hosting.", "Hold it again.");
        }
    }

    private static IEnumerable<Difference> Addresses(HostPicture host, SlotPlan plan)
    {
        foreach (var hosting in host.Settled)
        {
            var (mac, address) = (plan.Mac(hosting.SlotNumber), plan.Address(hosting.SlotNumber).ToString());
            if (!host.Dhcp.TryGetValue(mac, out var given))
            {
                if (hosting.Status == HostingStatus.Running)
                    yield return new("dhcp-missing", hosting.Slug, $"No DHCP entry for {mac}.", "Restart the hosting, or fsck --repair.");
            }
            else if (given != address)
            {
                yield return new("dhcp-wrong", hosting.Slug, $"DHCP gives {mac} the address {given ?? "of anybody"}, not {address}.", "Replace the entry: fsck --repair.");
            }
        }
        var owned = host.Hostings.Select(h => plan.Mac(h.SlotNumber)).Append(plan.NobodyMac).ToHashSet();
        foreach (var mac in host.Dhcp.Keys.Where(m => !owned.Contains(m)))
            yield return new("dhcp-unowned", mac, "A DHCP entry that no hosting owns.", "virsh net-update … delete ip-dhcp-host.");
    }

    private static IEnumerable<Difference> Proxy(HostPicture host)
    {
        if (!host.RoutesApplied)
            yield return new("routes-differ", "nginx", "nginx does not serve what PostgreSQL says, or does not run.", "The worker applies it; see logs/nginx-sites-error.log and logs/nginx-ssh-error.log.");
        foreach (var route in host.Quarantined)
            yield return new("route-quarantined", route.Slug, $"nginx does not get this route. {route.Reason}", "Correct the row in hostings, or delete the hosting; all others are served.");
        foreach (var (port, holder) in host.SilentSshPorts)
        {
            yield return holder is null
                ? new("port-silent", port.ToString(), "Nothing of ours listens on this SSH port.", "Start nginx, or free the port from whoever holds it.")
                : new("port-silent", port.ToString(), $"{holder} has this SSH port.", "Stop it: nginx then takes the port.");
        }
    }

    private static IEnumerable<Difference> Network(HostPicture host)
    {
        if (host.NetworkActive != true)
            yield return new("network-down", "libvirt", host.NetworkActive is null ? "The network is not defined." : "The network is not active.", "./webhoster up");
        if (host.Firewall == FirewallState.Missing)
            yield return new("firewall-missing", "nftables", "The firewall's table is missing.", "The worker applies it within a minute.");
        else if (host.Firewall == FirewallState.Changed)
            yield return new("firewall-changed", "nftables", "The firewall's table has other rules than ours.", "The worker applies it within a minute.");
    }
}
