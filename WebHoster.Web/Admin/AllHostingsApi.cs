using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Hostings;
using WebHoster.Web.Operations;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Whose something is.</summary>
/// <param name="Username">Null where the person is gone.</param>
public sealed record OwnerResource(Guid Id, string? Username);

/// <summary>A hosting, as administrators see it.</summary>
public sealed record AdminHostingResource : HostingResource
{
    public AdminHostingResource(HostingResource hosting, OwnerResource owner) : base(hosting) => Owner = owner;

    public OwnerResource Owner { get; }
}

/// <summary><c>/api/v1/admin/hostings</c>: everybody's.</summary>
public static class AllHostingsApi
{
    public static void MapAllHostingsApi(this IEndpointRouteBuilder admin)
    {
        var hostings = admin.MapGroup("/hostings");
        hostings.MapGet("", ListAsync).WithName("listAllHostings").WithSummary("Everybody's hostings, newest first")
            .Pages<HostingList.Row, AdminHostingResource>(HostingList.Listing);
        hostings.MapGet("/{id:guid}", GetAsync).WithName("getAnyHosting").WithSummary("One hosting, whoever's")
            .Produces<Envelope<AdminHostingResource>>().ProducesProblem(StatusCodes.Status404NotFound);
        foreach (var kind in HostingCall.Plain)
        {
            hostings.MapPost($"/{{id:guid}}/{kind.Word()}", (Guid id, HttpContext context, HostingInterventions interventions, CancellationToken ct) =>
                    ChangeAsync(context, interventions, id, kind, ct))
                .Changes($"{kind.Word()}AnyHosting", $"{kind} a hosting's machine, whoever's").ProducesProblem(StatusCodes.Status409Conflict);
        }
        hostings.MapPost("/{id:guid}/rebuild", RebuildAsync)
            .Changes("rebuildAnyHosting", "Make a hosting's machine anew, whoever's, erasing what is inside")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        hostings.MapDelete("/{id:guid}", (Guid id, HttpContext context, HostingInterventions interventions, CancellationToken ct) =>
                ChangeAsync(context, interventions, id, OperationKind.Delete, ct))
            .Changes("deleteAnyHosting", "Delete a hosting and everything in it, whoever's");
    }

    private static Task<IResult> ListAsync(HttpContext context, WebHosterDb db, SlotPlan plan, PublicAddresses addresses) =>
        HostingList.Listing.Ask(HostingList.Rows(db), context.Request.Query).AnswerAsync(context, row => Show(row, plan, addresses));

    private static async Task<IResult> GetAsync(Guid id, WebHosterDb db, SlotPlan plan, PublicAddresses addresses, CancellationToken ct) =>
        await HostingList.Rows(db).SingleOrDefaultAsync(r => r.Hosting.Id == id, ct) is { } row
            ? Results.Json(Envelope.Of(Show(row, plan, addresses))) : throw new NotFoundException("There is no such hosting.");

    private static AdminHostingResource Show(HostingList.Row row, SlotPlan plan, PublicAddresses addresses) => new(
        HostingResource.Of(HostingView.Of(row.Hosting, row.OperationId, plan, addresses)), new OwnerResource(row.Hosting.OwnerId, row.Username));

    private static async Task<IResult> RebuildAsync(
        Guid id, RebuildRequest? body, HttpContext context, HostingInterventions interventions, CancellationToken ct)
    {
        var slug = await interventions.SlugAsync(id, ct);
        if (body?.Confirm != slug)
            throw new InvalidInputException("confirm", $"A rebuild erases everything inside. To go on, send {{\"confirm\":\"{slug}\"}}.");
        return await ChangeAsync(context, interventions, id, OperationKind.Rebuild, ct);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, HostingInterventions interventions, Guid id, OperationKind kind, CancellationToken ct)
    {
        var operation = await interventions.ChangeAsync(context.User.UserId(), id, kind, context.From(), ct);
        context.Response.Headers.Location = $"/api/v1/admin/operations/{operation.Id}";
        return Results.Json(
            Envelope.Of(OperationResource.Of(operation), "Accepted. Follow the operation to see it done."), statusCode: StatusCodes.Status202Accepted);
    }

    private static RouteHandlerBuilder Changes(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .WithName(name).WithSummary(summary).WithDescription("The operation is the owner's. The Location header names it.")
        .Produces<Envelope<OperationResource>>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound);
}
