using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.StaticAssets;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Web.Telemetry;

/// <summary>Counts requests by route, which are few, never by path, and gives the request's span its name.</summary>
public sealed class RequestFigures(RequestDelegate next)
{
    private static readonly HashSet<string> Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public async Task InvokeAsync(HttpContext context)
    {
        // Taken now: where an error page answers, the request is another one by the end.
        var (span, started, method) = (Activity.Current, Stopwatch.GetTimestamp(), Methods.Contains(context.Request.Method) ? context.Request.Method : "other");
        try
        {
            await next(context);
        }
        finally
        {
            var (route, code) = (RouteOf(context), context.Response.StatusCode);
            Tallies.Requests.Add(1, method, route, $"{code}");
            if (!IsLong(context))
                Tallies.RequestSeconds.Observe(Stopwatch.GetElapsedTime(started).TotalSeconds, method, route);
            Describe(span, method, route, code);
        }
    }

    /// <summary>A stranger's paths must not become series: what no endpoint has is “other”, and a file is a file.</summary>
    private static string RouteOf(HttpContext context) => context.GetEndpoint() switch
    {
        { } endpoint when endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null => "file",
        RouteEndpoint { RoutePattern.RawText: { } pattern } => $"/{pattern.Trim('/')}",
        _ => "other",
    };

    private static bool IsLong(HttpContext context) => context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
        || context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.Ordinal) == true
        || context.Request.Path.StartsWithSegments("/_blazor") || context.Request.Path.StartsWithSegments("/hubs");

    private static void Describe(Activity? span, string method, string route, int code)
    {
        if (span is null)
            return;
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.request.method", method).SetTag("http.route", route).SetTag("http.response.status_code", code);
        if (code >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
