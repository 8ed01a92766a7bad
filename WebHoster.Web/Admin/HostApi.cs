using WebHoster.Infrastructure.Slots;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Admin;

/// <summary><c>/api/v1/admin/capacity</c>: how full the host is.</summary>
public static class HostApi
{
    public static void MapHostApi(this IEndpointRouteBuilder admin) =>
        admin.MapGet("/capacity", async (CapacityReport report, CancellationToken ct) => Results.Json(Envelope.Of(await report.ReadAsync(ct))))
            .WithName("capacity").WithSummary("Slots, what hostings reserve, what the host has").Produces<Envelope<Capacity>>();
}
