using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Alerts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Alerts;

/// <summary>Something that needs attention, or did.</summary>
/// <param name="Ended">Null while it is open.</param>
public sealed record AlertResource(Guid Id, AlertKind Kind, string Subject, string Words, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, AlertEnd? Ended)
{
    public static AlertResource Of(Alert alert) => new(alert.Id, alert.Kind, alert.Subject, alert.Words, alert.OpenedAt, alert.EndedAt, alert.Ended);
}

/// <summary>Body of a new target.</summary>
/// <param name="Kind"><c>mail</c> or <c>webhook</c>.</param>
/// <param name="Address">An email address, or a URL.</param>
public sealed record TargetRequest([property: Required] string? Kind, [property: Required] string? Name, [property: Required] string? Address);

/// <summary>Where alerts go.</summary>
public record TargetResource(Guid Id, TargetKind Kind, string Name, string Address, DateTimeOffset CreatedAt, DateTimeOffset? PausedAt)
{
    public static TargetResource Of(AlertTarget target) => new(target.Id, target.Kind, target.Name, target.Address, target.CreatedAt, target.PausedAt);
}

/// <summary>A target that was just made.</summary>
public sealed record NewTargetResource : TargetResource
{
    public NewTargetResource(TargetResource target, string? secret) : base(target) => Secret = secret;

    /// <summary>Of a webhook, in this answer alone: what signs its requests.</summary>
    public string? Secret { get; }
}

/// <summary>One alert's way to one target.</summary>
/// <param name="AlertId">Null for a test.</param>
/// <param name="Error">Why the last try failed.</param>
public sealed record DeliveryResource(
    Guid Id, Guid? AlertId, AlertEvent Event, string Target, DeliveryStatus Status, int Tries, DateTimeOffset CreatedAt, DateTimeOffset? LastTryAt,
    DateTimeOffset? NextTryAt, DateTimeOffset? DeliveredAt, string? Error)
{
    public static DeliveryResource Of(AlertDelivery d) => new(
        d.Id, d.AlertId, d.Event, d.TargetName, d.Status, d.Tries, d.CreatedAt, d.LastTryAt, d.NextTryAt, d.DeliveredAt, d.Error);
}

/// <summary><c>/api/v1/admin/alerts</c>.</summary>
public static class AlertApi
{
    /// <summary>What the list of alerts can be sorted and filtered by.</summary>
    public static readonly Collection<Alert> Listing = new Collection<Alert>("-opened_at")
        .Sort("opened_at", a => a.OpenedAt, a => a.Id)
        .Filter("open", (bool open) => a => a.EndedAt == null == open)
        .Filter("kind", (AlertKind kind) => a => a.Kind == kind);

    private static readonly Collection<AlertTarget> Targets = new Collection<AlertTarget>("name", Collection<AlertTarget>.MaxLimit)
        .Sort("name", t => t.Name, t => t.Id)
        .Sort("created_at", t => t.CreatedAt, t => t.Id);

    /// <summary>What the log can be sorted and filtered by.</summary>
    public static readonly Collection<AlertDelivery> Log = new Collection<AlertDelivery>("-created_at")
        .Sort("created_at", d => d.CreatedAt, d => d.Id)
        .Filter("status", (DeliveryStatus status) => d => d.Status == status)
        .Filter("alert_id", (Guid alert) => d => d.AlertId == alert)
        .Filter("target_id", (Guid target) => d => d.TargetId == target);

    private delegate Task<AlertTarget> Change(Guid actor, Guid id, IPAddress? from, CancellationToken ct);

    public static void MapAlertApi(this IEndpointRouteBuilder admin)
    {
        var alerts = admin.MapGroup("/alerts");
        alerts.MapGet("", (HttpContext context, WebHosterDb db) => Listing.Ask(db.Alerts.AsNoTracking(), context.Request.Query).AnswerAsync(context, AlertResource.Of))
            .WithName("listAlerts").WithSummary("What needs attention and what did, newest first").Pages<Alert, AlertResource>(Listing);
        alerts.MapPost("/{id:guid}/dismiss", async (Guid id, HttpContext context, AlertBook book, CancellationToken ct) =>
                Results.Json(Envelope.Of(AlertResource.Of(await book.DismissAsync(context.User.UserId(), id, context.From(), ct)), "It is put aside.")))
            .WithName("dismissAlert").WithSummary("Put an alert aside").Produces<Envelope<AlertResource>>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        alerts.MapGet("/deliveries", (HttpContext context, WebHosterDb db) =>
                Log.Ask(db.AlertDeliveries.AsNoTracking(), context.Request.Query).AnswerAsync(context, DeliveryResource.Of))
            .WithName("listDeliveries").WithSummary("The log of deliveries, newest first").Pages<AlertDelivery, DeliveryResource>(Log);
        alerts.MapPost("/deliveries/{id:guid}/retry", async (Guid id, HttpContext context, AlertTargets targets, CancellationToken ct) => Results.Json(
                Envelope.Of(DeliveryResource.Of(await targets.RetryAsync(context.User.UserId(), id, context.From(), ct)), "It is tried at once."), statusCode: StatusCodes.Status202Accepted))
            .WithName("retryDelivery").WithSummary("Try a delivery again that waits or was given up").Produces<Envelope<DeliveryResource>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        MapTargets(alerts.MapGroup("/targets"));
    }

    private static void MapTargets(IEndpointRouteBuilder targets)
    {
        targets.MapGet("", (HttpContext context, WebHosterDb db) =>
                Targets.Ask(db.AlertTargets.AsNoTracking(), context.Request.Query).AnswerAsync(context, TargetResource.Of))
            .WithName("listTargets").WithSummary("Where alerts go, by name").Pages<AlertTarget, TargetResource>(Targets);
        targets.MapPost("", AddAsync).WithName("addTarget").WithSummary("Send alerts to one place more")
            .Produces<Envelope<NewTargetResource>>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        MapChange(targets.MapDelete, "/{id:guid}", "removeTarget", "Send alerts there no more", "It is removed.", StatusCodes.Status200OK, t => t.RemoveAsync);
        MapChange(targets.MapPost, "/{id:guid}/pause", "pauseTarget", "Hold what is for a target", "What comes meanwhile waits.", StatusCodes.Status200OK, t => t.PauseAsync);
        MapChange(targets.MapPost, "/{id:guid}/resume", "resumeTarget", "Send to a target again", "What has waited is sent now.", StatusCodes.Status200OK, t => t.ResumeAsync);
        MapChange(targets.MapPost, "/{id:guid}/test", "testTarget", "Send a test to a target", "The log of deliveries says how it went.", StatusCodes.Status202Accepted, t => t.TestAsync)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> AddAsync(TargetRequest request, HttpContext context, AlertTargets targets, CancellationToken ct)
    {
        var kind = FilterValue.Parse<TargetKind>("kind", request.Kind ?? "");
        context.Response.Headers.CacheControl = "no-store";
        var (target, secret) = await targets.AddAsync(context.User.UserId(), kind, request.Name, request.Address, context.From(), ct);
        return Results.Json(
            Envelope.Of(new NewTargetResource(TargetResource.Of(target), secret), "Alerts go there from now on."), statusCode: StatusCodes.Status201Created);
    }

    private static RouteHandlerBuilder MapChange(
        Func<string, Delegate, RouteHandlerBuilder> map, string path, string name, string summary, string done, int status, Func<AlertTargets, Change> change) =>
        map(path, async (Guid id, HttpContext context, AlertTargets targets, CancellationToken ct) => Results.Json(
                Envelope.Of(TargetResource.Of(await change(targets)(context.User.UserId(), id, context.From(), ct)), done), statusCode: status))
            .WithName(name).WithSummary(summary).Produces<Envelope<TargetResource>>(status).ProducesProblem(StatusCodes.Status404NotFound);
}
