using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Slots;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Admin;

/// <summary>The recurring jobs, and the workers that do them.</summary>
public sealed record JobsResource(IReadOnlyList<JobSchedule> Jobs, IReadOnlyList<WorkerCheckIn> Workers);

/// <summary><c>/api/v1/admin/capacity</c> and <c>/jobs</c>: how the host is doing.</summary>
public static class HostApi
{
    public static void MapHostApi(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/capacity", async (CapacityReport report, CancellationToken ct) => Results.Json(Envelope.Of(await report.ReadAsync(ct))))
            .WithName("capacity").WithSummary("Slots, what hostings reserve, what the host has").Produces<Envelope<Capacity>>();
        admin.MapGet("/jobs", async (JobList list, CancellationToken ct) =>
            {
                var (jobs, workers) = await list.ReadAsync(ct);
                return Results.Json(Envelope.Of(new JobsResource(jobs, workers)));
            })
            .WithName("listJobs").WithSummary("Recurring jobs and the workers that do them").Produces<Envelope<JobsResource>>();
    }
}
