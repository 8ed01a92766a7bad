using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WebHoster.Tests.Fixtures;

/// <summary>What a guest saw of a request.</summary>
public sealed record SeenRequest(string Guest, string Method, string Target, Dictionary<string, string> Headers);

/// <summary>
/// A web server as a guest would run: it tells what it saw, unless asked by <c>status</c>, <c>location</c>, <c>cookie</c> or
/// <c>header</c> in the query for something else.
/// </summary>
public sealed class NginxGuest : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource<long> firstBytes = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource heldOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NginxGuest(string name, WebApplication app) => (Name, this.app) = (name, app);

    public string Name { get; }

    /// <summary>Ends when the first part of an upload is here.</summary>
    public Task<long> FirstBytes => firstBytes.Task;

    /// <summary>Ends when a request to <c>/hold</c> is under way.</summary>
    public Task HeldOpen => heldOpen.Task;

    public void Release() => release.TrySetResult();

    public static async Task<NginxGuest> StartAsync(string name, IPEndPoint endpoint)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = null;
            k.Listen(endpoint);
        });
        var guest = new NginxGuest(name, builder.Build());
        guest.app.UseWebSockets();
        guest.app.Run(guest.AnswerAsync);
        await guest.app.StartAsync();
        return guest;
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/socket" => EchoAsync(context),
        "/upload" => SwallowAsync(context),
        "/hold" => HoldAsync(context),
        _ => TellAsync(context),
    };

    private Task TellAsync(HttpContext context)
    {
        var query = context.Request.Query;
        context.Response.StatusCode = query.TryGetValue("status", out var status) ? int.Parse(status!) : 200;
        if (query.TryGetValue("location", out var location))
            context.Response.Headers.Location = location;
        if (query.TryGetValue("cookie", out var cookies))
            context.Response.Headers.SetCookie = cookies;
        if (query.TryGetValue("header", out var header))
            context.Response.Headers.Append(header.ToString().Split('=')[0], header.ToString().Split('=')[1]);
        if (query.TryGetValue("text", out var text))
            return context.Response.WriteAsync(new string('x', int.Parse(text!)));
        return context.Response.WriteAsJsonAsync(new SeenRequest(
            Name, context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
    }

    private async Task SwallowAsync(HttpContext context)
    {
        long total = 0;
        var buffer = new byte[128 * 1024];
        while (await context.Request.Body.ReadAsync(buffer) is var read && read > 0)
        {
            total += read;
            firstBytes.TrySetResult(total);
        }
        await context.Response.WriteAsync($"{total}");
    }

    private async Task HoldAsync(HttpContext context)
    {
        await context.Response.WriteAsync("begun ");
        await context.Response.Body.FlushAsync();
        heldOpen.TrySetResult();
        await release.Task;
        await context.Response.WriteAsync("done");
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default);
    }
}
