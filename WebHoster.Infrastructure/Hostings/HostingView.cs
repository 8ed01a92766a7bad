using WebHoster.Core.Hostings;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>A hosting as its owner sees it, in pages and in the API.</summary>
/// <param name="VmId">The libvirt domain's UUID.</param>
/// <param name="OperationId">The newest operation.</param>
/// <param name="KeysPending">Keys have come or gone that the machine does not know of yet.</param>
/// <param name="HostKey">The machine's SSH identity, an OpenSSH public key.</param>
public sealed record HostingView(
    Guid Id, string Slug, string Url, HostingStatus Status, HostingHealth Health, Guid VmId, string VmIp,
    string SshHost, int SshPort, string SshCommand, string SftpCommand, DateTimeOffset CreatedAt, Guid? OperationId, bool KeysPending,
    MachineSize Size, string? HostKey)
{
    public static HostingView Of(Hosting hosting, Guid? operationId, SlotPlan plan, PublicAddresses addresses) => new(
        hosting.Id, hosting.Slug, addresses.SiteUrl(hosting.Slug), hosting.Status, hosting.Health, hosting.MachineId,
        plan.Address(hosting.SlotNumber).ToString(), addresses.Host, addresses.SshPort(hosting.SlotNumber),
        addresses.SshCommand(hosting.SlotNumber), addresses.SftpCommand(hosting.SlotNumber), hosting.CreatedAt, operationId,
        hosting.KeysPending, new MachineSize(hosting.MemoryMb, hosting.Vcpus, hosting.DiskGb), hosting.HostKey);
}
