using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Commands;

/// <summary>
/// <c>purge</c>: removes this install's domains, network, firewall table and machine files, without PostgreSQL. Only domains
/// whose metadata names this install are touched.
/// </summary>
public static class PurgeHost
{
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        var virsh = services.GetRequiredService<Virsh>();
        var install = services.GetRequiredService<IOptions<InstallSettings>>().Value;
        if (services.GetRequiredService<InstallIdentity>().FromFile is { } ours)
        {
            foreach (var (name, _) in DomainStats.Parse(await virsh.DomStatsAsync(ct)))
            {
                if (await virsh.DumpXmlAsync(name, ct) is not { } xml || DomainXml.ReadMetadata(xml)?.Install != ours)
                    continue;
                await virsh.DestroyAsync(name, null, ct);
                await virsh.UndefineAsync(name, null, ct);
                HostTools.DeleteLogs(name);
                Console.WriteLine($"removed {name}");
            }
        }
        await services.GetRequiredService<HostNetwork>().RemoveAsync(ct);
        if (Directory.Exists(install.Machines))
            Directory.Delete(install.Machines, recursive: true);
        return 0;
    }
}
