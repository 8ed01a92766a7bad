using WebHoster.Core;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;

namespace WebHoster.Infrastructure.Drift;

/// <summary>The comparisons, each both ways. Pure.</summary>
public static class Checks
{
    public static IEnumerable<Difference> All(HostPicture host, SlotPlan plan) =>
        [.. Machines(host), .. Files(host), .. Slots(host), .. Addresses(host, plan), .. Proxy(host), .. Network(host)];

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
            if (host.Foreign.TryGetValue(machine.Id, out var why))
                yield return new("machine-foreign", machine.Id.ToString(), why, "Rename that domain: it is left alone.");
            else if (host.Hostings.All(h => h.MachineId != machine.Id))
                yield return new("machine-unowned", machine.Id.ToString(), "A domain that no hosting owns.", "virsh destroy, then virsh undefine.");
        }
    }

    private static IEnumerable<Difference> Files(HostPicture host)
    {
        // A failed hosting says itself that it is not whole.
        foreach (var hosting in host.Settled.Where(h => h.Status is HostingStatus.Running or HostingStatus.Stopped))
        {
            if (host.WithoutDisk.Contains(hosting.MachineId))
                yield return new("disk-missing", hosting.Slug, "The machine's disk is gone, and what was on it.", "Rebuild or delete the hosting.");
            if (host.WithoutSeed.Contains(hosting.MachineId))
                yield return new("seed-missing", hosting.Slug, "The machine's first settings are gone.", "Write them again: fsck --repair.");
        }
        foreach (var folder in host.Folders)
        {
            if (!Guid.TryParse(folder, out var id))
                yield return new("file-foreign", folder, "Not a machine's folder.", "Move it out of the machines folder.");
            else if (host.Hostings.All(h => h.MachineId != id))
                yield return new("folder-unowned", folder, "A machine's folder that no hosting owns.", "Remove the folder.");
        }
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
        foreach (var hosting in host.Settled.Where(h => h.Status == HostingStatus.Running && !host.DhcpMacs.Contains(plan.Mac(h.SlotNumber))))
            yield return new("dhcp-missing", hosting.Slug, $"No DHCP entry for {plan.Mac(hosting.SlotNumber)}.", "Restart the hosting.");
        var owned = host.Hostings.Select(h => plan.Mac(h.SlotNumber)).Append(plan.NobodyMac).ToHashSet();
        foreach (var mac in host.DhcpMacs.Where(m => !owned.Contains(m)))
            yield return new("dhcp-unowned", mac, "A DHCP entry that no hosting owns.", "virsh net-update … delete ip-dhcp-host.");
    }

    private static IEnumerable<Difference> Proxy(HostPicture host)
    {
        if (!host.RoutesApplied)
            yield return new("routes-differ", "nginx", "nginx does not serve what PostgreSQL says, or does not run.", "The worker applies it; see logs/nginx-sites.log and logs/nginx-ssh.log.");
        foreach (var port in host.SilentSshPorts)
            yield return new("port-silent", port.ToString(), "Nothing of ours listens on this SSH port.", "Free the port from whoever holds it, or start nginx.");
    }

    private static IEnumerable<Difference> Network(HostPicture host)
    {
        if (host.NetworkActive != true)
            yield return new("network-down", "libvirt", host.NetworkActive is null ? "The network is not defined." : "The network is not active.", "./webhoster up");
        if (!host.FirewallApplied)
            yield return new("firewall-missing", "nftables", "The firewall's table is missing or changed.", "The worker applies it within a minute.");
    }
}
