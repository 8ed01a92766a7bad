using System.Text.Json.Serialization;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Web.Hostings;

/// <summary>A hosting, as the API and the hub show it.</summary>
/// <param name="VmId">The machine's UUID.</param>
/// <param name="OperationId">The newest operation.</param>
/// <param name="KeysPending">Keys have come or gone that the machine does not know of yet.</param>
/// <param name="SshHostKey">The machine's SSH identity, as it stands in <c>known_hosts</c> behind the host's name; null until its first settings are written.</param>
public record HostingResource(
    Guid Id, string Slug, string Url, HostingStatus Status, HostingHealth Health, Guid VmId, string VmIp,
    string SshHost, int SshPort, string SshCommand, DateTimeOffset CreatedAt, Guid? OperationId, bool KeysPending,
    string? SshHostKey)
{
    /// <summary>PEM; only in the answer to the create that made it, never again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SshPrivateKey { get; init; }

    public static HostingResource Of(HostingView view) => new(
        view.Id, view.Slug, view.Url, view.Status, view.Health, view.VmId, view.VmIp, view.SshHost, view.SshPort,
        view.SshCommand, view.CreatedAt, view.OperationId, view.KeysPending, view.HostKey);
}
