using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using WebHoster.Core;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>Who a request is from, whether a cookie (pages) or a token (API) says so.</summary>
public static class Identities
{
    /// <summary>In the cookie: the row by which it counts.</summary>
    public const string SessionClaim = "session";

    private const string TokenClaim = "token";
    private const string FromClaim = "from";
    private const string ScopeClaim = "scope";

    /// <summary>Null for nobody.</summary>
    public static Guid? FindUserId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? principal.FindFirstValue("sub"), out var id) ? id : null;

    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint lacks its authorization.</exception>
    public static Guid UserId(this ClaimsPrincipal principal) =>
        principal.FindUserId() ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>May act as an administrator: an API token of one can, too, where it has the scope.</summary>
    public static bool IsAdmin(this ClaimsPrincipal principal) =>
        principal.IsInRole(Roles.Admin) || principal.HasClaim("role", Roles.Admin);

    /// <summary>The API token by which a request came; null where its sender has signed in.</summary>
    public static Guid? FindTokenId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(TokenClaim), out var id) ? id : null;

    /// <summary>The session whose cookie the request showed; null for tokens.</summary>
    public static Guid? FindSessionId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(SessionClaim), out var id) ? id : null;

    /// <summary>Where the cookie was shown from: of a circuit, the connection on which it runs. Null for tokens.</summary>
    public static IPAddress? From(this ClaimsPrincipal principal) =>
        IPAddress.TryParse(principal.FindFirstValue(FromClaim), out var address) ? address : null;

    /// <summary>Who that is at this moment; null where they may no longer be there.</summary>
    public static async Task<Caller?> FindAgainAsync(this Callers callers, ClaimsPrincipal principal, CancellationToken ct)
    {
        if (principal.FindUserId() is not { } user)
            return null;
        var caller = principal.FindSessionId() is { } session ? await callers.FindBySessionAsync(session, ct) : await callers.FindAsync(user, ct);
        return caller is not null && caller.UserId == user && principal.HasStamp(caller.Stamp) ? caller : null;
    }

    /// <summary>Whether the request's token has <paramref name="scope"/>; who has signed in has every one. To change is more than to look.</summary>
    public static bool HasScope(this ClaimsPrincipal principal, TokenScope scope) =>
        principal.FindTokenId() is null || principal.HasClaim(ScopeClaim, scope.Word())
        || scope == TokenScope.Read && principal.HasClaim(ScopeClaim, TokenScope.Hosting.Word());

    /// <summary>Whether the cookie or JWT was made under this security stamp: whatever ends sessions has changed it since.</summary>
    public static bool HasStamp(this ClaimsPrincipal principal, string? stamp) => stamp is not null
        && (principal.FindFirstValue(AccessTokens.StampClaim) == AccessTokens.Digest(stamp)
            || principal.FindFirstValue(new ClaimsIdentityOptions().SecurityStampClaimType) == stamp);

    /// <summary>As of this moment: what the token itself said of its owner counts no more.</summary>
    /// <param name="from">Kept with a cookie's identity, since a circuit has no request.</param>
    public static ClaimsPrincipal ToPrincipal(this Caller caller, string scheme, IPAddress? from = null)
    {
        var identity = new ClaimsIdentity(
            [new("sub", caller.UserId.ToString()), new("name", caller.Name), new(AccessTokens.StampClaim, AccessTokens.Digest(caller.Stamp))],
            scheme, "name", "role");
        if (caller.Token is { } token)
        {
            identity.AddClaim(new Claim(TokenClaim, token.Id.ToString()));
            identity.AddClaims(token.Scopes.Select(s => new Claim(ScopeClaim, s.Word())));
        }

        if (caller.Session is { } session)
            identity.AddClaim(new Claim(SessionClaim, session.Id.ToString()));
        if (from is not null)
            identity.AddClaim(new Claim(FromClaim, from.ToString()));
        if (caller.IsAdmin && caller.Token?.Scopes.Contains(TokenScope.Admin) != false)
            identity.AddClaim(new Claim("role", Roles.Admin));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>The caller's address, IPv4 as IPv4 also on a dual-stack socket.</summary>
    public static IPAddress? From(this HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
}
