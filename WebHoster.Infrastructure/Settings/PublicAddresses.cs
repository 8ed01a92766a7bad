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

    public string PortalUrl => portal.Value.PublicUrl is { Length: > 0 } given ? given.TrimEnd('/') : Origin(portal.Value.Port);

    public string SitesUrl => Origin(sites.Value.Port);

    public string SiteUrl(string slug) => $"{SitesUrl}/{slug}/";

    public int SshPort(int slot) => plan.Port(slot);

    public string SshCommand(int slot) => $"ssh -p {SshPort(slot)} {User}@{Host}";

    public string SftpCommand(int slot) => $"sftp -P {SshPort(slot)} {User}@{Host}";

    private string Origin(int port) => port == 80 ? $"http://{Host}" : $"http://{Host}:{port}";
}
