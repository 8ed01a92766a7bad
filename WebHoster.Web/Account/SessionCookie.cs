using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.StaticAssets;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>A cookie counts as long as its session's row is there, under the person's present stamp; asked at every request but those for files.</summary>
public static class SessionCookie
{
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
            return;
        try
        {
            await CheckAsync(context, http);
        }
        catch (Exception e) when (e.IsDatabaseTrouble())
        {
            // What the page needs of PostgreSQL fails by itself, and says so; nobody is signed out by that.
        }
    }

    private static async Task CheckAsync(CookieValidatePrincipalContext context, HttpContext http)
    {
        var callers = http.RequestServices.GetRequiredService<Callers>();
        if (context.Principal?.FindSessionId() is null
            || await callers.FindAgainAsync(context.Principal, http.RequestAborted) is not { Session: { } session } caller)
        {
            context.RejectPrincipal();
            await http.SignOutAsync(context.Scheme.Name);
            return;
        }

        await http.RequestServices.GetRequiredService<Sessions>().NoteAsync(session.Id, session.SeenAt, http.From(), http.RequestAborted);
        context.ReplacePrincipal(caller.ToPrincipal(context.Scheme.Name, http.From()));
    }
}
