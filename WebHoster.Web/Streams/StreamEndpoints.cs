using WebHoster.Core.Accounts;
using WebHoster.Core.Streams;
using WebHoster.Infrastructure.Streams;
using WebHoster.Web.Account;
using WebHoster.Web.Files;

namespace WebHoster.Web.Streams;

/// <summary>
/// <c>/streams</c>: consoles over a WebSocket, and files for pages, which have a cookie instead of a token. Where a request comes from is
/// checked as for circuits (BrowserSafety).
/// </summary>
public static class StreamEndpoints
{
    public static void MapStreams(this IEndpointRouteBuilder app)
    {
        var streams = app.MapGroup("/streams").RequireAuthorization(AccountRegistration.BearerOrCookie).DisableAntiforgery().ExcludeFromDescription();
        // To type is more than to look.
        streams.MapGet("/console/{id:guid}", (Guid id, HttpContext context, WorkerStreams worker, CallerWatch watch, IHostApplicationLifetime life) =>
            ConsoleAsync(context, id, StreamPurpose.Console, worker, watch, life)).RequireScope(TokenScope.Hosting);
        streams.MapGet("/console/{id:guid}/view", (Guid id, HttpContext context, WorkerStreams worker, CallerWatch watch, IHostApplicationLifetime life) =>
            ConsoleAsync(context, id, StreamPurpose.ConsoleView, worker, watch, life)).RequireScope(TokenScope.Read);
        FileApi.Map(streams.MapGroup("/files/{id:guid}"), suffix: "OfPage");
    }

    private static async Task<IResult> ConsoleAsync(
        HttpContext context, Guid id, StreamPurpose purpose, WorkerStreams worker, CallerWatch watch, IHostApplicationLifetime life)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return Results.StatusCode(StatusCodes.Status426UpgradeRequired);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        // Before the upgrade, so that a stranger's hosting is a 404 and a worker that is away a 503.
        await using var line = await worker.OpenAsync(context.User.UserId(), id, purpose, context.From(), end.Token);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = ConsoleSocket.KeepAlive,
            KeepAliveTimeout = ConsoleSocket.KeepAlive,
        });
        await ConsoleSocket.RelayAsync(socket, line, ct => watch.UntilUnwelcomeAsync(context, ct), end.Token);
        return Results.Empty;
    }
}
