using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Start;

/// <summary>
/// Headers that keep browsers on the safe side, and a check of where a request comes from. Customers' sites may share
/// the portal's host name and so, for a browser, its cookies' site: SameSite does not stop them, the Origin header does.
/// </summary>
public static class BrowserSafety
{
    // Radzen sets inline styles; scripts come from files only. A customer's site may be shown in a frame, sandboxed.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; frame-src ";

    public static void UseBrowserSafety(this IApplicationBuilder app)
    {
        var policy = Policy + app.ApplicationServices.GetRequiredService<PublicAddresses>().SitesUrl;
        app.Use((context, next) => GuardAsync(context, next, policy));
    }

    private static async Task GuardAsync(HttpContext context, RequestDelegate next, string policy)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (IsForeign(context.Request))
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        else
            await next(context);
    }

    private static bool IsForeign(HttpRequest request)
    {
        // The API takes no cookies, so any page may call it that CORS lets read the answer.
        if (request.Path.StartsWithSegments("/api") || request.Headers.Origin is not [{ Length: > 0 } origin])
            return false;
        var matters = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            || request.Path.StartsWithSegments("/_blazor") || request.Path.StartsWithSegments("/hubs") || request.Path.StartsWithSegments("/streams");
        return matters && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
