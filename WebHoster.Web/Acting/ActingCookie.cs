using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.StaticAssets;
using WebHoster.Infrastructure.Acting;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Account;

namespace WebHoster.Web.Acting;

/// <summary>The administrator's own session cookie names the acting session; the person in it stays the administrator.</summary>
public static class ActingCookie
{
    private const string Claim = "acting";

    /// <summary>Null for who acts for nobody.</summary>
    public static Guid? FindActingId(this ClaimsPrincipal principal) =>
        Guid.TryParse(principal.FindFirstValue(Claim), out var id) ? id : null;

    /// <summary>For whom this request's sender acts; null for nobody.</summary>
    public static ActingFor? FindActing(this HttpContext context) => context.Items[Claim] as ActingFor;

    /// <param name="session">Null for none.</param>
    public static ClaimsPrincipal WithActing(this ClaimsPrincipal principal, Guid? session)
    {
        var copy = principal.Clone();
        var identity = copy.Identities.First();
        foreach (var claim in identity.FindAll(Claim).ToList())
            identity.TryRemoveClaim(claim);
        if (session is { } id)
            identity.AddClaim(new Claim(Claim, id.ToString()));
        return copy;
    }

    /// <summary>On each request of a cookie: what goes on stays in it, what has ended is taken out.</summary>
    /// <param name="acting">What the cookie says; null for nothing.</param>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context, Guid? acting)
    {
        if (acting is not { } id || context.Principal?.FindUserId() is not { } admin)
            return;
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
            return;
        try
        {
            var found = await http.RequestServices.GetRequiredService<ActingSessions>().FindAsync(id, admin, http.RequestAborted);
            http.Items[Claim] = found;
            context.ReplacePrincipal(context.Principal.WithActing(found?.SessionId));
            context.ShouldRenew |= found is null;
        }
        catch (Exception e) when (e.IsDatabaseTrouble())
        {
            // As with the session itself: what the cookie says stays in it, and the page says what fails.
            context.ReplacePrincipal(context.Principal.WithActing(id));
        }
    }
}
