using System.Collections.Frozen;
using WebHoster.Infrastructure.Desk;
using WebHoster.Infrastructure.Slots;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Admin;

/// <summary>Things of a kind that need attention.</summary>
/// <param name="Items">At most five of them.</param>
public sealed record AttentionResource(AttentionKind Kind, int Count, IReadOnlyList<AttentionItem> Items);

/// <summary>What needs attention, the gravest first, and the operations of the last 24 hours by kind.</summary>
public sealed record OverviewResource(IReadOnlyList<AttentionResource> Attention, IReadOnlyList<DayCount> LastDay);

/// <summary><c>/api/v1/admin/capacity</c> and <c>/overview</c>: how the host is doing.</summary>
public static class HostApi
{
    public static void MapHostApi(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/capacity", async (CapacityReport report, CancellationToken ct) => Results.Json(Envelope.Of(await report.ReadAsync(ct))))
            .WithName("capacity").WithSummary("Slots, what hostings reserve, what the host has").Produces<Envelope<Capacity>>();
        admin.MapGet("/overview", async (CapacityReport report, AttentionReport attention, DayReport day, CancellationToken ct) =>
            {
                var found = await attention.ReadAsync(await report.ReadAsync(ct), FrozenSet<AttentionKind>.Empty, ct);
                var counts = (await day.ReadAsync(ct)).Counts;
                return Results.Json(Envelope.Of(new OverviewResource([.. found.Select(a => new AttentionResource(a.Kind, a.Count, a.Items))], counts)));
            })
            .WithName("overview").WithSummary("What needs attention, and the last day's operations").Produces<Envelope<OverviewResource>>();
    }
}
