using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Nginx;

namespace WebHoster.Web.Commands;

/// <summary><c>prepare</c>: what must stand before nginx and the worker are started. Run as root.</summary>
public static class PrepareHost
{
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        await services.GetRequiredService<InstallIdentity>().GetAsync(ct);
        await services.GetRequiredService<HostNetwork>().EnsureAsync(ct);
        var table = await services.GetRequiredService<RouteTables>().LoadAsync(ct);
        await services.GetRequiredService<NginxReverseProxy>().PrepareAsync(table, ct);
        await services.GetRequiredService<PortalNginx>().EnsureAsync(ct);
        return 0;
    }
}
