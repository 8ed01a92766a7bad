using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>The nginx that takes TLS for the portal, where <c>Portal:Tls</c> says so. Apart from the sites' and SSH's: those never wait for it.</summary>
public sealed class PortalNginx(
    Nginx nginx, CommandRunner runner, TemplateRenderer renderer, PublicAddresses addresses, IOptions<InstallSettings> install,
    IOptions<PortalSettings> portal, IOptions<NginxSettings> settings, TimeProvider time, ILogger<PortalNginx> logger)
{
    private readonly NginxInstance instance = NginxInstance.Portal(install.Value);

    public bool IsWanted => portal.Value.Tls;

    /// <summary>Before it is started, and after a change while it runs: its files are written and tested, and a running one takes them.</summary>
    /// <exception cref="HostException">The certificate cannot be used, or nginx refused; what was before stays.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        if (!IsWanted)
            return;
        foreach (var folder in new[] { install.Value.Run, instance.Acme })
            Directory.CreateDirectory(folder);
        var set = new PortalConfig(renderer, settings.Value, portal.Value, addresses, instance)
            .Render(Certificate(), RenderedSet.ReadCustom(instance));
        var writer = new InstanceWriter(
            instance, nginx, (_, _) => Task.FromResult(true), TimeSpan.FromSeconds(settings.Value.ConfirmSeconds), logger);
        if (instance.RunningPid() is not null)
        {
            await writer.ApplyAsync(set, ct);
            return;
        }
        await new Leftovers(runner).ClearAsync(instance, ct);
        await writer.PrepareAsync(set, ct);
    }

    private PortalCertificate Certificate()
    {
        var (given, now) = (portal.Value, time.GetUtcNow());
        return given.HasOwnCertificate
            ? PortalCertificate.Read(given.Certificate, given.CertificateKey, now)
            : PortalCertificate.Ensure(Path.Combine(install.Value.DataPath, "tls"), addresses.PortalHost, now);
    }
}
