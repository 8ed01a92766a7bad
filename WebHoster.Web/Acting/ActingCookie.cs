using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using WebHoster.Infrastructure.Acting;
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

    /// <summary>On each request of a cookie: what has ended is taken out of it.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal?.FindActingId() is not { } id || context.Principal.FindUserId() is not { } admin)
            return;
        var sessions = context.HttpContext.RequestServices.GetRequiredService<ActingSessions>();
        if (await sessions.FindAsync(id, admin, context.HttpContext.RequestAborted) is { } acting)
        {
            context.HttpContext.Items[Claim] = acting;
            return;
        }
        context.ReplacePrincipal(context.Principal.WithActing(null));
        context.ShouldRenew = true;
    }
}
