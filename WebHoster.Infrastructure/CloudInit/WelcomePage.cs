using Microsoft.Extensions.Options;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.CloudInit;

/// <summary>What a hosting's machine is made from, and the page that it first shows.</summary>
public sealed class WelcomePage(TemplateRenderer renderer, PublicAddresses addresses, SlotPlan plan, IOptions<GuestSettings> guest)
{
    private static readonly string Template = Path.Combine(AppContext.BaseDirectory, "cloud-init", "welcome.html");

    /// <summary>Proves whose page it is, and of which generation.</summary>
    public static string Marker(MachineSpec spec) => $"webhoster:{spec.Id}.{spec.Generation}";

    public MachineSpec SpecOf(Hosting hosting) => new(
        hosting.MachineId, hosting.Generation, hosting.Slug, hosting.MemoryMb, hosting.Vcpus, hosting.DiskGb,
        plan.Address(hosting.SlotNumber), plan.Mac(hosting.SlotNumber), plan.Uid(hosting.SlotNumber));

    /// <param name="keys">Lines of an <c>authorized_keys</c> file.</param>
    public GuestSeed SeedOf(Hosting hosting, IEnumerable<string> keys) => new(guest.Value.User, string.Join('\n', keys), Render(hosting));

    private string Render(Hosting hosting) => renderer.Render(
        Template,
        new
        {
            marker = Marker(SpecOf(hosting)),
            slug = hosting.Slug,
            url = addresses.SiteUrl(hosting.Slug),
            ssh = addresses.SshCommand(hosting.SlotNumber),
            sftp = addresses.SftpCommand(hosting.SlotNumber),
            user = addresses.User,
            host = addresses.Host,
            port = addresses.SshPort(hosting.SlotNumber).ToString(),
        },
        Escaping.Html);
}
