using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Libvirt;

public enum FirewallState { Applied, Missing, Changed }

/// <summary>The one place that spells nft. A table of our own; everybody else's rules stay as they are.</summary>
public sealed class Firewall(CommandRunner runner, IOptions<InstallSettings> install, IOptions<NetworkSettings> network)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private string? _expected;

    private string Name => install.Value.Name;

    /// <summary>
    /// Replaces the table in one transaction, so that there is no moment without rules. Guests are kept from the host, from
    /// private networks and from each other: isolated ports stop their frames, but a guest can still route through the host.
    /// </summary>
    public static string Render(string name, string bridge) =>
        $$"""
        table inet {{name}}
        delete table inet {{name}}
        table inet {{name}} {
            chain forward {
                type filter hook forward priority filter - 5; policy accept;
                iifname "{{bridge}}" ct state established,related accept
                iifname "{{bridge}}" oifname "{{bridge}}" drop
                iifname "{{bridge}}" ip daddr { 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16 } drop
                iifname "{{bridge}}" meta nfproto ipv6 drop
                oifname "{{bridge}}" ct state new drop
            }
            chain input {
                type filter hook input priority filter - 5; policy accept;
                iifname "{{bridge}}" ct state established,related accept
                iifname "{{bridge}}" udp dport { 53, 67 } accept
                iifname "{{bridge}}" tcp dport 53 accept
                iifname "{{bridge}}" icmp type echo-request limit rate 50/second accept
                iifname "{{bridge}}" drop
            }
        }

        """;

    // As an argument: a file would be shared with every other process that applies or compares the rules at this moment.
    public Task ApplyAsync(CancellationToken ct) => runner.RunAsync(new Command("nft", [Render(Name, network.Value.Bridge)], Timeout), ct);

    public async Task<FirewallState> LookAsync(CancellationToken ct)
    {
        var result = await runner.TryAsync(new Command("nft", ["list", "table", "inet", Name], Timeout), ct);
        if (!result.Ok)
            return FirewallState.Missing;
        _expected ??= await NormalAsync(ct);
        return result.Output.Trim() == _expected ? FirewallState.Applied : FirewallState.Changed;
    }

    /// <summary>
    /// Our rules as this host's nft lists them: it rewrites what it is given, and every version differently. So they are loaded
    /// into a network namespace that ends with the command, where they concern nobody.
    /// </summary>
    private async Task<string> NormalAsync(CancellationToken ct)
    {
        var rules = Render(Name, network.Value.Bridge);
        var listing = await runner.RunAsync(
            new Command("unshare", ["--net", "sh", "-c", "nft \"$1\" && nft list table inet \"$2\"", "sh", rules, Name], Timeout), ct);
        return listing.Trim();
    }

    public Task RemoveAsync(CancellationToken ct) =>
        runner.TryAsync(new Command("nft", ["delete", "table", "inet", Name], Timeout), ct);
}
