using WebHoster.Core.Accounts;
using WebHoster.Core.Operations;

namespace WebHoster.Web.Idempotency;

/// <summary>Where in the API a thing is that a request made.</summary>
public static class Locations
{
    public const string Operations = "/api/v1/operations/";

    /// <summary>Null for what has no address of its own.</summary>
    public static string? Of(object entity) => entity switch
    {
        Operation operation => Of(operation),
        SshKey { HostingId: null } key => $"/api/v1/ssh-keys/{key.Id}",
        ApiToken token => $"/api/v1/tokens/{token.Id}",
        _ => null,
    };

    public static string Of(Operation operation) => Operations + operation.Id;
}
