using Microsoft.Extensions.Options;
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

    public async Task EnsureAsync(CancellationToken ct)
    {
        if (await virsh.NetDumpXmlAsync(Bridge, ct) is null)
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
        await virsh.NetDestroyAsync(Bridge, ct);
        await virsh.NetUndefineAsync(Bridge, ct);
        await firewall.RemoveAsync(ct);
    }
}
