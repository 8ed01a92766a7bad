using Microsoft.AspNetCore.Diagnostics;
using Radzen;

namespace WebHoster.Web.Layout;

/// <summary>Blazor: static pages for accounts, circuits for what is live.</summary>
public static class Pages
{
    public static void AddPages(this IServiceCollection services)
    {
        // Often, so that a browser soon notices a line that was cut without a word: app.js says after how long.
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(o => o.KeepAliveInterval = TimeSpan.FromSeconds(5));
        services.AddRadzenComponents();
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets();
        app.MapBlazorClient();
        // Its own frame-ancestors header would stand beside ours.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
    }

    /// <summary>An exception shows the error page; a request that was bad in itself keeps its status.</summary>
    public static void UseErrorPage(this IApplicationBuilder app) => app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        ExceptionHandlingPath = "/error",
        CreateScopeForErrors = true,
        StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
    });

    /// <summary>A failed POST shows its error page as a GET would: that page has no form to submit.</summary>
    public static void UseErrorPagesByGet(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
            context.Request.Method = HttpMethods.Get;
        return next(context);
    });
}
