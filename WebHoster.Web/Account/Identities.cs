using System.Security.Claims;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>Who a request is from, whether a cookie (pages) or a token (API) says so.</summary>
public static class Identities
{
    /// <summary>Null for nobody.</summary>
    public static Guid? FindUserId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? principal.FindFirstValue("sub"), out var id) ? id : null;

    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint lacks its authorization.</exception>
    public static Guid UserId(this ClaimsPrincipal principal) =>
        principal.FindUserId() ?? throw new InvalidOperationException("Nobody is signed in.");

    public static bool IsAdmin(this ClaimsPrincipal principal) =>
        principal.IsInRole(Roles.Admin) || principal.HasClaim("role", Roles.Admin);

    /// <summary>The caller's address, IPv4 as IPv4 also on a dual-stack socket.</summary>
    public static System.Net.IPAddress? From(this HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
}
