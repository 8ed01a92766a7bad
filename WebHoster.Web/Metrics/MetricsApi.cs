using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Hostings;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Metrics;

/// <summary>What a machine used on average during one step.</summary>
/// <param name="At">Where the step begins.</param>
/// <param name="CpuPercent">0-100, of all virtual CPUs.</param>
/// <param name="GuestMemoryUsedBytes">As the guest itself says, as is its total; null where it says nothing.</param>
/// <param name="DiskUsedBytes">What the machine's disk takes of the host's.</param>
public sealed record MetricPointResource(
    DateTimeOffset At, double CpuPercent, long? GuestMemoryUsedBytes, long? GuestMemoryTotalBytes, long? DiskUsedBytes,
    double DiskReadBytesPerSecond, double DiskWrittenBytesPerSecond, double NetReceivedBytesPerSecond, double NetSentBytesPerSecond);

/// <summary>A machine's figures over a time.</summary>
/// <param name="Points">Oldest first, at most 181; steps without figures are left out.</param>
public sealed record MetricsResource(
    MetricRange Range, DateTimeOffset From, DateTimeOffset To, int StepSeconds, IReadOnlyList<MetricPointResource> Points)
{
    public static MetricsResource Of(MetricSeries series) => new(
        series.Range, series.From, series.To, (int)series.Step.TotalSeconds,
        [.. series.Points.Select(p => new MetricPointResource(
            p.At, Round(p.CpuPercent), p.GuestMemoryUsed, p.GuestMemoryTotal, p.DiskUsed,
            Round(p.DiskRead), Round(p.DiskWritten), Round(p.NetReceived), Round(p.NetSent)))]);

    private static double Round(double value) => Math.Round(value, 1);
}

/// <summary><c>…/metrics</c> of a hosting.</summary>
public static class MetricsApi
{
    public static void MapMetricsApi(this IEndpointRouteBuilder api)
    {
        api.MapGet("/host/my/metrics", async ([AsParameters] HostingCall call, MetricsQueries metrics) => await AnswerAsync(call.Context, metrics, await call.FirstAsync()))
            .WithTags("host").Describe("getHostingMetrics", "What your hosting's machine uses");
        api.MapGet("/hostings/{id:guid}/metrics", (Guid id, HttpContext context, MetricsQueries metrics) => AnswerAsync(context, metrics, id))
            .WithTags("hostings").Describe("getHostingMetricsById", "What a hosting's machine uses");
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, MetricsQueries metrics, Guid id) =>
        Results.Json(Envelope.Of(MetricsResource.Of(await metrics.ReadAsync(context.User.UserId(), id, RangeOf(context.Request), context.RequestAborted))));

    private static MetricRange RangeOf(HttpRequest request) =>
        request.Query.TryGetValue("range", out var word) ? FilterValue.Parse<MetricRange>("range", word.ToString()) : MetricRange.Hour;

    private static void Describe(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .WithName(name).WithSummary(summary)
        .WithDescription("CPU, disk and network are measured from outside the machine; memory is what the machine says of itself.")
        .Takes(new QueryParameter("range", "hour where left out.", FilterValue.Words<MetricRange>()))
        .Produces<Envelope<MetricsResource>>().ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
}
