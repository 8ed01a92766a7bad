using System.Diagnostics;
using WebHoster.Web.Account;

namespace WebHoster.Web.Start;

/// <summary>One line per request: what, outcome, time, who. Paths only; a query string can hold a token.</summary>
public sealed class RequestLog(RequestDelegate next, ILogger<RequestLog> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var level = context.Response.StatusCode >= 500 ? LogLevel.Error
                : context.Request.Path.StartsWithSegments("/api") ? LogLevel.Information : LogLevel.Debug;
            logger.Log(
                level, "{Method} {Path} answered {StatusCode} in {Milliseconds:0.0} ms for {UserId}", context.Request.Method,
                Printable(context.Request.Path), context.Response.StatusCode, Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                context.User.FindUserId());
        }
    }

    private static string Printable(string? path) =>
        new([.. (path ?? "").Take(200).Select(c => char.IsControl(c) ? '?' : c)]);
}
