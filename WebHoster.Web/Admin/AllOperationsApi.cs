using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Operations;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Operations;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>An operation, as administrators see it.</summary>
public sealed record AdminOperationResource : OperationResource
{
    public AdminOperationResource(OperationResource operation, string slug, string? errorDetail, OwnerResource owner) : base(operation) =>
        (Slug, ErrorDetail, Owner) = (slug, errorDetail, owner);

    public string Slug { get; }

    /// <summary>What the tool said.</summary>
    public string? ErrorDetail { get; }

    public OwnerResource Owner { get; }
}

/// <summary><c>/api/v1/admin/operations</c>: everybody's.</summary>
public static class AllOperationsApi
{
    /// <summary>What the list can be sorted and filtered by.</summary>
    public static readonly Collection<Row> Listing = new Collection<Row>("-created_at")
        .Sort("created_at", r => r.Operation.CreatedAt, r => r.Operation.Id)
        .Filter("status", (OperationStatus status) => r => r.Operation.Status == status)
        .Filter("kind", (OperationKind kind) => r => r.Operation.Kind == kind)
        .Filter("slug", (string slug) => r => r.Operation.Slug == slug)
        .Filter("hosting_id", (Guid hosting) => r => r.Operation.HostingId == hosting)
        .Filter("owner_id", (Guid owner) => r => r.Operation.OwnerId == owner);

    /// <summary>What one line is made of.</summary>
    public sealed record Row
    {
        public required Operation Operation { get; init; }

        public string? Username { get; init; }
    }

    public static void MapAllOperationsApi(this IEndpointRouteBuilder admin)
    {
        var operations = admin.MapGroup("/operations");
        operations.MapGet("", (HttpContext context, WebHosterDb db) => Listing.Ask(Rows(db), context.Request.Query).AnswerAsync(context, Show))
            .WithName("listAllOperations").WithSummary("Everybody's operations, newest first").Pages<Row, AdminOperationResource>(Listing);
        operations.MapGet("/{id:guid}", async (Guid id, WebHosterDb db, CancellationToken ct) => Results.Json(Envelope.Of(await FindAsync(db, id, ct))))
            .WithName("getAnyOperation").WithSummary("One operation, whoever's")
            .Produces<Envelope<AdminOperationResource>>().ProducesProblem(StatusCodes.Status404NotFound);
        operations.MapPost("/{id:guid}/retry", RetryAsync).WithName("retryOperation").WithSummary("Ask again for what failed")
            .Produces<Envelope<AdminOperationResource>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        operations.MapGet("/{id:guid}/log", LogAsync).WithName("getOperationLog").WithSummary($"An operation's log, oldest first, at most {HostingQueries.MaxEvents} lines after one that is known")
            .Takes(new QueryParameter("after", "The id of the last line that is known.", [], typeof(long)))
            .Produces<Envelope<IReadOnlyList<LogLineResource>>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        operations.MapPost("/{id:guid}/hurry", HurryAsync).WithName("hurryOperation").WithSummary("Have one tried at once that waits for its next try")
            .Produces<Envelope<AdminOperationResource>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        operations.MapPost("/{id:guid}/cancel", CancelAsync).WithName("cancelOperation").WithSummary("Call off what is queued or running")
            .WithDescription("A create is undone by a delete, which the answer is about. Anything else ends where it stands; its hosting is “failed” then.")
            .Produces<Envelope<AdminOperationResource>>().Produces<Envelope<AdminOperationResource>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> RetryAsync(Guid id, HttpContext context, Interventions interventions, WebHosterDb db, CancellationToken ct) =>
        await AnswerAsync(await interventions.RetryAsync(context.User.UserId(), id, context.From(), ct), context, db, ct);

    private static async Task<IResult> HurryAsync(Guid id, HttpContext context, Interventions interventions, WebHosterDb db, CancellationToken ct) =>
        await AnswerAsync(await interventions.HurryAsync(context.User.UserId(), id, context.From(), ct), context, db, ct);

    private static async Task<IResult> LogAsync(Guid id, HttpContext context, HostingQueries queries, WebHosterDb db, CancellationToken ct)
    {
        await FindAsync(db, id, ct);
        var lines = await queries.ListEventsAsync(id, context.Request.Query.Whole("after", 0L, long.MaxValue, 0L), ct);
        return Results.Json(Envelope.Of(lines.Select(l => new LogLineResource(l.Id, l.At, l.Step, l.Message))));
    }

    private static async Task<IResult> CancelAsync(Guid id, HttpContext context, Interventions interventions, WebHosterDb db, CancellationToken ct) =>
        await AnswerAsync(await interventions.CancelAsync(context.User.UserId(), id, context.From(), ct), context, db, ct);

    private static async Task<IResult> AnswerAsync(Operation operation, HttpContext context, WebHosterDb db, CancellationToken ct)
    {
        var shown = await FindAsync(db, operation.Id, ct);
        if (!operation.IsUnfinished)
            return Results.Json(Envelope.Of(shown, "Called off. The hosting stays as it is until somebody starts, rebuilds or deletes it."));
        context.Response.Headers.Location = $"/api/v1/admin/operations/{operation.Id}";
        return Results.Json(Envelope.Of(shown, "Accepted. Follow the operation to see it done."), statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<AdminOperationResource> FindAsync(WebHosterDb db, Guid id, CancellationToken ct) =>
        Show(await Rows(db).SingleOrDefaultAsync(r => r.Operation.Id == id, ct) ?? throw new NotFoundException("There is no such operation."));

    private static AdminOperationResource Show(Row row) => new(
        OperationResource.Of(row.Operation), row.Operation.Slug, row.Operation.ErrorDetail, new OwnerResource(row.Operation.OwnerId, row.Username));

    private static IQueryable<Row> Rows(WebHosterDb db) => db.Operations.AsNoTracking().Select(o => new Row
    {
        Operation = o,
        Username = db.Users.Where(u => u.Id == o.OwnerId).Select(u => u.UserName).FirstOrDefault(),
    });
}
