using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Diagnostics;

namespace WebHoster.Web.Layout;

/// <summary>The path and query that the browser's address bar shows: an error page stands at the address that was asked for.</summary>
public static class ShownAddress
{
    public static string Of(HttpContext? context, NavigationManager navigation) =>
        context?.Features.Get<IStatusCodeReExecuteFeature>() is { } asked ? $"{asked.OriginalPath}{asked.OriginalQueryString}"
        : context?.Features.Get<IExceptionHandlerPathFeature>() is { } broken ? broken.Path + context.Request.QueryString
        : new Uri(navigation.Uri).PathAndQuery;
}
