using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>The guests' bridge, its NAT and its firewall: made when missing, looked at again and again.</summary>
public sealed class HostNetwork(
    Virsh virsh, Firewall firewall, SlotPlan plan, IOptions<InstallSettings> install, IOptions<NetworkSettings> network)
{
    private string Bridge => network.Value.Bridge;

    /// <summary>
    /// Without STP, which would cost every new guest two seconds. DHCP knows only the hosts we name; the first entry is
    /// nobody, for libvirt drops an empty list and then starts no DHCP at all.
    /// </summary>
    public static string Render(string bridge, SlotPlan plan) =>
        $"""
        <network>
          <name>{bridge}</name>
          <forward mode='nat'/>
          <bridge name='{bridge}' stp='off' delay='0'/>
          <ip address='{plan.Gateway}' prefix='{plan.Subnet.PrefixLength}'>
            <dhcp>
              <host mac='{plan.NobodyMac}' ip='{plan.Address(-1)}'/>
            </dhcp>
          </ip>
        </network>

        """;

    /// <exception cref="HostException">There is a network of this name that is somebody else's.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        var present = await virsh.NetDumpXmlAsync(Bridge, ct);
        if (present is not null && !IsOurs(present))
            throw new HostException($"libvirt has a network '{Bridge}' that is not WebHoster's: give another name in Network:Bridge.", present);
        if (present is null)
        {
            var file = Path.Combine(install.Value.Run, "network.xml");
            await File.WriteAllTextAsync(file, Render(Bridge, plan), ct);
            await virsh.NetDefineAsync(file, ct);
            await virsh.NetAutostartAsync(Bridge, ct);
        }
        if (!await virsh.IsNetActiveAsync(Bridge, ct))
            await virsh.NetStartAsync(Bridge, ct);
        await firewall.ApplyAsync(ct);
    }

    public async Task RemoveAsync(CancellationToken ct)
    {
        if (await virsh.NetDumpXmlAsync(Bridge, ct) is { } present && IsOurs(present))
        {
            await virsh.NetDestroyAsync(Bridge, ct);
            await virsh.NetUndefineAsync(Bridge, ct);
        }
        await firewall.RemoveAsync(ct);
    }

    // Our bridges have the network's name; such as libvirt's own network, "default", has another.
    private bool IsOurs(string xml) => xml.Contains($"<bridge name='{Bridge}'", StringComparison.Ordinal);
}
