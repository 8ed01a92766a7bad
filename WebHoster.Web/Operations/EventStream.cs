using Microsoft.AspNetCore.Http.Features;

namespace WebHoster.Web.Operations;

/// <summary>One Server-Sent Event.</summary>
/// <param name="Data">One line.</param>
public sealed record ServerEvent(string Type, string Id, string Data);

/// <summary>
/// Server-Sent Events until they end, the caller goes or the program stops. ASP.NET Core's own result cannot write comments, and proxies
/// cut a connection that says nothing for long.
/// </summary>
/// <param name="events">Makes the events; ends at the token.</param>
/// <param name="heartbeat">How long the stream is silent before it says that it is there.</param>
/// <param name="untilUnwelcome">Returns when the caller may no longer listen; null where everybody may.</param>
public sealed class EventStream(
    Func<CancellationToken, IAsyncEnumerable<ServerEvent>> events, TimeSpan heartbeat, CancellationToken stopping, Func<CancellationToken, Task>? untilUnwelcome = null)
    : IResult
{
    private const string Heartbeat = ":\n\n";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, httpContext.RequestAborted);
        var source = events(end.Token).GetAsyncEnumerator(end.Token);
        var next = source.MoveNextAsync().AsTask();
        var watch = WatchAsync(end);
        try
        {
            while (true)
            {
                if (await Task.WhenAny(next, Task.Delay(heartbeat, end.Token)) != next && !end.IsCancellationRequested)
                    await WriteAsync(response, Heartbeat, end.Token);
                else if (!await next)
                    return;
                else
                {
                    await WriteAsync(response, Text(source.Current), end.Token);
                    next = source.MoveNextAsync().AsTask();
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Whoever listens comes back with the last id.
        }
        finally
        {
            // An enumerator must stand still before it is disposed of.
            await end.CancelAsync();
            await watch;
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync();
        }
    }

    private async Task WatchAsync(CancellationTokenSource end)
    {
        try
        {
            await (untilUnwelcome?.Invoke(end.Token) ?? Task.Delay(Timeout.Infinite, end.Token));
            await end.CancelAsync();
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The stream has ended by itself.
        }
    }

    private static string Text(ServerEvent item) => $"event: {item.Type}\ndata: {item.Data}\nid: {item.Id}\n\n";

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken ct)
    {
        await response.WriteAsync(text, ct);
        await response.Body.FlushAsync(ct);
    }
}
