using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Drift;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Drift;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Drift;

/// <summary>One look at the host.</summary>
/// <param name="Error">Why it could not look.</param>
public sealed record DriftRunResource(
    long Id, DateTimeOffset AskedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string? Worker, int Differences, int Hostings, int Pending, string? Error)
{
    public static DriftRunResource Of(DriftRun run) => new(
        run.Id, run.AskedAt, run.StartedAt, run.FinishedAt, run.Worker, run.Differences, run.Hostings, run.Pending, run.Error);
}

/// <summary>How the host is.</summary>
public sealed record DriftResource(DriftRunResource? LastRun, bool UnderWay, int Open, int Mendable)
{
    public static DriftResource Of(DriftState state) => new(state.Last is null ? null : DriftRunResource.Of(state.Last), state.UnderWay, state.Open, state.Mendable);
}

/// <summary>A try to repair a finding.</summary>
/// <param name="AskedBy">A username; null where the worker did it by itself.</param>
public sealed record RepairResource(RepairStatus Status, string? AskedBy, DateTimeOffset AskedAt, DateTimeOffset? FinishedAt, string? Words);

/// <summary>A difference between the database and the host.</summary>
/// <param name="Ended">Null while it is there.</param>
public sealed record FindingResource(
    Guid Id, string Kind, string Subject, string Words, string Mend, bool Mendable, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, int Sightings,
    DateTimeOffset? EndedAt, DriftEnd? Ended, IReadOnlyList<RepairResource> Repairs)
{
    public static FindingResource Of(FindingView view) => new(
        view.Finding.Id, view.Finding.Kind, view.Finding.Subject, view.Finding.Words, view.Finding.Mend, view.Finding.Mendable, view.Finding.FirstSeenAt,
        view.Finding.LastSeenAt, view.Finding.Sightings, view.Finding.EndedAt, view.Finding.Ended,
        [.. view.Repairs.Select(r => new RepairResource(r.Repair.Status, r.AskedBy, r.Repair.AskedAt, r.Repair.FinishedAt, r.Repair.Words))]);
}

/// <summary>How many findings are being repaired now.</summary>
public sealed record RepairsResource(int Count);

/// <summary><c>/api/v1/admin/drift</c>.</summary>
public static class DriftApi
{
    /// <summary>What the list can be sorted and filtered by.</summary>
    public static readonly Collection<DriftFinding> Listing = new Collection<DriftFinding>("-first_seen_at")
        .Sort("first_seen_at", f => f.FirstSeenAt, f => f.Id)
        .Filter("open", (bool open) => f => f.EndedAt == null == open)
        .Filter("mendable", (bool mendable) => f => f.Mendable == mendable)
        .Filter("kind", (string kind) => f => f.Kind == kind)
        .Filter("subject", (string subject) => f => f.Subject == subject);

    public static void MapDriftApi(this IEndpointRouteBuilder admin)
    {
        var drift = admin.MapGroup("/drift");
        drift.MapGet("", async (DriftQueries queries, CancellationToken ct) => Results.Json(Envelope.Of(DriftResource.Of(await queries.ReadStateAsync(ct)))))
            .WithName("drift").WithSummary("How the host is, by the last look at it").Produces<Envelope<DriftResource>>();
        drift.MapPost("/check", async (HttpContext context, DriftLedger ledger, CancellationToken ct) => Results.Json(
                Envelope.Of(DriftRunResource.Of(await ledger.RequestCheckAsync(context.User.UserId(), context.From(), ct)), "A worker looks at once."), statusCode: StatusCodes.Status202Accepted))
            .WithName("checkDrift").WithSummary("Have a worker look at the host now").Produces<Envelope<DriftRunResource>>(StatusCodes.Status202Accepted);
        drift.MapPost("/repair", async (HttpContext context, DriftLedger ledger, CancellationToken ct) => Results.Json(
                Envelope.Of(new RepairsResource(await ledger.RequestRepairsAsync(context.User.UserId(), context.From(), ct)), "A worker repairs them at once."),
                statusCode: StatusCodes.Status202Accepted))
            .WithName("repairDrift").WithSummary("Repair all findings that can be").Produces<Envelope<RepairsResource>>(StatusCodes.Status202Accepted);
        drift.MapGet("/findings", ListAsync).WithName("listFindings").WithSummary("What differs and what did, newest first").Pages<DriftFinding, FindingResource>(Listing);
        drift.MapGet("/findings/{id:guid}", async (Guid id, DriftQueries queries, CancellationToken ct) => Results.Json(Envelope.Of(await FindAsync(queries, id, ct))))
            .WithName("getFinding").WithSummary("One finding, with its repairs").Produces<Envelope<FindingResource>>().ProducesProblem(StatusCodes.Status404NotFound);
        drift.MapPost("/findings/{id:guid}/repair", async (Guid id, HttpContext context, DriftLedger ledger, DriftQueries queries, CancellationToken ct) =>
            {
                await ledger.RequestRepairAsync(context.User.UserId(), id, context.From(), ct);
                return Results.Json(Envelope.Of(await FindAsync(queries, id, ct), "A worker repairs it at once."), statusCode: StatusCodes.Status202Accepted);
            })
            .WithName("repairFinding").WithSummary("Repair one finding").Produces<Envelope<FindingResource>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ListAsync(HttpContext context, WebHosterDb db, DriftQueries queries, CancellationToken ct)
    {
        var page = Listing.Ask(db.DriftFindings.AsNoTracking(), context.Request.Query);
        // The page's rows are read once more below, with their repairs: they are few.
        var ids = await page.Rows.Select(f => f.Id).ToListAsync(ct);
        var views = (await queries.ListAsync(rows => rows.Where(f => ids.Contains(f.Id)), ct)).ToDictionary(v => v.Finding.Id);
        return await page.AnswerAsync(context, f => FindingResource.Of(views[f.Id]));
    }

    private static async Task<FindingResource> FindAsync(DriftQueries queries, Guid id, CancellationToken ct) =>
        FindingResource.Of(await queries.FindAsync(id, ct) ?? throw new NotFoundException("There is no such finding."));
}
