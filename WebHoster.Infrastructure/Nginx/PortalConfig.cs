using System.Globalization;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>Renders the instance in front of the portal.</summary>
internal sealed class PortalConfig(
    TemplateRenderer renderer, NginxSettings settings, PortalSettings portal, PublicAddresses addresses, NginxInstance instance)
{
    public RenderedSet Render(PortalCertificate certificate, IReadOnlyDictionary<string, string> custom)
    {
        var templates = settings.Templates;
        var files = new Dictionary<string, string>(
            SitePages.RenderForPortal(renderer, Path.Combine(templates, "pages", "page.html"), addresses.PortalUrl))
        {
            [RenderedSet.Main] = renderer.Render(Path.Combine(templates, "templates", "portal.conf"), new
            {
                user = settings.User,
                pid = instance.PidFile,
                errorLog = instance.ErrorLog,
                accessLog = instance.AccessLog,
                temp = instance.Temp,
                generationFolder = $"{GenerationStore.FolderOf(instance)}/{RenderedSet.Placeholder}",
                generation = RenderedSet.Placeholder,
                controlSocket = instance.ControlSocket,
                serverName = addresses.PortalHost,
                certificate = certificate.File,
                certificateKey = certificate.KeyFile,
                // So that a renewed certificate, at the same place, is another generation.
                fingerprint = certificate.Fingerprint,
                upstream = portal.Upstream is { Length: > 0 } given ? given : string.Create(CultureInfo.InvariantCulture, $"{portal.OwnAddress}:{portal.Port}"),
                listen = settings.ListenAddresses().Select(a => string.Create(CultureInfo.InvariantCulture, $"{SitesConfig.Bracketed(a)}:{portal.TlsPort}")).ToArray(),
                // Where the certificate is for one name only, no other is answered.
                strict = portal.HasOwnCertificate,
                hsts = IsStrict(portal, addresses),
            }),
        };
        return RenderedSet.Of(files, custom);
    }

    /// <summary>
    /// HSTS counts for a host name with all its ports: under a name that customers' sites have, too, browsers would no longer
    /// show those, since they are plain HTTP. And a certificate of our own making must stay something that can be given up.
    /// </summary>
    private static bool IsStrict(PortalSettings portal, PublicAddresses addresses) => portal.HasOwnCertificate && addresses.PortalHasOwnHost;
}
