using Microsoft.Extensions.Options;
using WebHoster.Core.Slots;

namespace WebHoster.Infrastructure.Settings;

/// <summary>How people reach things: the one place that puts URLs and SSH commands together.</summary>
public sealed class PublicAddresses(
    IOptions<InstallSettings> install, IOptions<SitesSettings> sites, IOptions<PortalSettings> portal,
    IOptions<GuestSettings> guest, SlotPlan plan)
{
    public string Host => install.Value.Host;

    public string User => guest.Value.User;

    /// <summary>The portal's name, without brackets or port.</summary>
    public string PortalHost => portal.Value.Host is { Length: > 0 } own ? own : Host;

    /// <summary>Whether the portal has a name that no customer's site has.</summary>
    public bool PortalHasOwnHost => !string.Equals(PortalHost, Host, StringComparison.OrdinalIgnoreCase);

    public string PortalUrl => portal.Value.PublicUrl is { Length: > 0 } given ? given.TrimEnd('/')
        : portal.Value.Tls ? Origin("https", PortalHost, portal.Value.TlsPort, 443)
        : Origin("http", PortalHost, portal.Value.Port, 80);

    public string SitesUrl => Origin("http", Host, sites.Value.Port, 80);

    /// <summary>Browsers show no plain page inside one that came by TLS, but for those of this very machine.</summary>
    public bool SitesFitIntoPortal => !portal.Value.Tls || Host == "localhost";

    public string SiteUrl(string slug) => $"{SitesUrl}/{slug}/";

    public int SshPort(int slot) => plan.Port(slot);

    public string SshCommand(int slot) => SshCommandAt(SshPort(slot));

    public string SftpCommand(int slot) => SftpCommandAt(SshPort(slot));

    /// <param name="keyFile">Of a private key that ssh would not find by itself.</param>
    public string SshCommandAt(int port, string? keyFile = null) => $"ssh {With(keyFile)}-p {port} {User}@{Host}";

    /// <inheritdoc cref="SshCommandAt"/>
    public string SftpCommandAt(int port, string? keyFile = null) => $"sftp {With(keyFile)}-P {port} {User}@{Host}";

    private static string With(string? keyFile) => keyFile is null ? "" : $"-i {keyFile} ";

    private static string Origin(string scheme, string host, int port, int usual) =>
        port == usual ? $"{scheme}://{host}" : $"{scheme}://{host}:{port}";
}
