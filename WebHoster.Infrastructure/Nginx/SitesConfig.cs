using System.Net;
using System.Net.Sockets;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>Renders the HTTP instance: its rules, the slugs' map and the pages. A route that does not pass the screen is left out.</summary>
internal sealed class SitesConfig(
    TemplateRenderer renderer, NginxSettings settings, GuestSettings guest, SitesSettings sites, PublicAddresses addresses,
    RouteScreen screen, NginxInstance instance)
{
    /// <summary>The slugs' map, a line each.</summary>
    public const string RoutesFile = "routes.map";

    private static readonly HashSet<string> States = [.. SitePages.States.Select(p => p.Name)];

    public RenderedSet Render(IReadOnlyList<SiteRoute> routes, IReadOnlyDictionary<string, string> custom)
    {
        var listen = settings.ListenAddresses();
        var generationFolder = $"{GenerationStore.FolderOf(instance)}/{RenderedSet.Placeholder}";
        var files = new Dictionary<string, string>(
            SitePages.Render(renderer, Path.Combine(settings.Templates, "pages", "page.html"), addresses.PortalUrl))
        {
            [RoutesFile] = renderer.Render(Template(RoutesFile), new { routes = Targets(routes) }),
            ["rules.conf"] = renderer.Render(Template("rules.conf"), new
            {
                generationFolder,
                ownAddresses = listen.Where(a => !IPAddress.IsLoopback(a) && !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any))
                    .Select(a => a.ToString()).ToArray(),
            }),
            [RenderedSet.Main] = renderer.Render(Template("sites.conf"), new
            {
                user = settings.User,
                pid = instance.PidFile,
                errorLog = instance.ErrorLog,
                accessLog = instance.AccessLog,
                temp = instance.Temp,
                generationFolder,
                generation = RenderedSet.Placeholder,
                controlSocket = instance.ControlSocket,
                serverName = addresses.Host.Trim('[', ']'),
                listen = listen.Select(a => $"{Bracketed(a)}:{sites.Port}").ToArray(),
                acme = instance.Acme,
                portal = addresses.PortalHasOwnHost && addresses.PortalUrl.StartsWith("https:", StringComparison.Ordinal)
                    ? new { name = addresses.PortalHost, url = addresses.PortalUrl } : null,
            }),
        };
        return RenderedSet.Of(files, custom);
    }

    internal static string Bracketed(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private object[] Targets(IReadOnlyList<SiteRoute> routes) =>
        [.. screen.Sort(routes).Good.OrderBy(r => r.Slug, StringComparer.Ordinal).Select(r => new { slug = r.Slug, target = Target(r) })];

    private string Target(SiteRoute route) =>
        route.Address is { } address ? $"{address}:{guest.HttpPort}"
        : States.Contains(route.State) ? route.State
        : SitePages.OtherState;

    private string Template(string name) => Path.Combine(settings.Templates, "templates", name);
}
