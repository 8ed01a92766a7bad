using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Alerts;

/// <summary>What came in by one request.</summary>
internal sealed record ReceivedAlert(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Event => Json.Text("event");
}

/// <summary>A real web server on loopback that takes webhooks, and answers as the test says.</summary>
internal sealed class AlertReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AlertReceiver(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/hook";

    public int Answer { get; set; } = 204;

    /// <summary>Where a redirect leads; empty for none.</summary>
    public string Location { get; set; } = "";

    public ConcurrentQueue<ReceivedAlert> Received { get; } = new();

    public static async Task<AlertReceiver> StartAsync()
    {
        var port = FreePorts.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://{IPAddress.Loopback}:{port}");
        var receiver = new AlertReceiver(app, port);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
        Received.Enqueue(new ReceivedAlert(
            context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
        context.Response.StatusCode = Answer;
        if (Location != "")
            context.Response.Headers.Location = Location;
    }
}
