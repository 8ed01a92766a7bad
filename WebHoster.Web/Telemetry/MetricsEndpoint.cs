using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Web.Telemetry;

/// <summary>
/// <c>GET /metrics</c>, for Prometheus: this host, and whoever shows <c>Telemetry:MetricsToken</c>. To everybody else there is no such page.
/// </summary>
public static class MetricsEndpoint
{
    public const string Path = "/metrics";

    // A proxy on this host that is not trusted speaks from a loopback address as well, but says for whom.
    private static readonly string[] Forwarding = ["X-Forwarded-For", "X-Original-For", "X-Real-IP", "Forwarded", "Via"];

    public static void MapMetrics(this IEndpointRouteBuilder app) => app.MapGet(Path, AnswerAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> AnswerAsync(HttpContext context, InstallFigures install, IOptions<TelemetrySettings> settings, CancellationToken ct)
    {
        var token = settings.Value.MetricsToken;
        if (!IsFromHere(context) && !ShowsToken(context.Request, token))
        {
            if (token == "")
                return Results.NotFound();
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(PrometheusText.Write([.. await FromDatabaseAsync(install, ct), .. Tallies.OfWeb.Select(t => t.Read()), .. OfProcess()]), PrometheusText.ContentType);
    }

    private static bool IsFromHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        && !Forwarding.Any(context.Request.Headers.ContainsKey);

    private static bool ShowsToken(HttpRequest request, string token) => token != ""
        && request.Headers.Authorization.ToString() is var given && given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given[7..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Without PostgreSQL the rest is worth the more.</summary>
    private static async Task<IReadOnlyList<MetricFamily>> FromDatabaseAsync(InstallFigures install, CancellationToken ct)
    {
        try
        {
            return [MetricFamily.Of(Catalog.DatabaseUp, 1), .. await install.ReadAsync(ct)];
        }
        catch (Exception e) when (e.IsDatabaseTrouble() || e is InvalidOperationException)
        {
            return [MetricFamily.Of(Catalog.DatabaseUp, 0)];
        }
    }

    private static IEnumerable<MetricFamily> OfProcess()
    {
        using var process = Process.GetCurrentProcess();
        yield return MetricFamily.Of(Catalog.Build, 1, BuildVersion.Text, RuntimeInformation.FrameworkDescription);
        yield return MetricFamily.Of(Catalog.ProcessCpu, process.TotalProcessorTime.TotalSeconds);
        yield return MetricFamily.Of(Catalog.ProcessMemory, process.WorkingSet64);
        yield return MetricFamily.Of(Catalog.ProcessStart, new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        yield return MetricFamily.Of(Catalog.ProcessFiles, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
    }
}
