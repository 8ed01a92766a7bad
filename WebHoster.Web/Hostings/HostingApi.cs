using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Hostings;

/// <summary>Body of a first create; may be left out.</summary>
/// <param name="SshPublicKey">One OpenSSH line. Without it a key pair is made, and the answer alone carries its private half.</param>
public sealed record CreateHostingRequest(string? SshPublicKey);

/// <summary>Body of a create; may be left out.</summary>
/// <param name="Name">The name in the site's address. A first hosting has the username; without it another one has a number behind that.</param>
/// <param name="SshPublicKey">As in <see cref="CreateHostingRequest"/>.</param>
public sealed record AddHostingRequest(string? Name, string? SshPublicKey);

/// <summary>Body of a rebuild, which erases everything inside; may be left out, but not by administrators.</summary>
/// <param name="Confirm">The hosting's slug. Another one is refused.</param>
public sealed record RebuildRequest(string? Confirm);

/// <summary><c>/api/v1/hostings</c>: the caller's hostings. <c>/api/v1/host</c>: the first of them.</summary>
public static class HostingApi
{
    private static readonly Collection<HostingRow> Listing = new Collection<HostingRow>("-created_at")
        .Sort("created_at", r => r.Hosting.CreatedAt, r => r.Hosting.Id)
        .Sort("slug", r => r.Hosting.Slug, r => r.Hosting.Id)
        .Filter("status", (HostingStatus status) => r => r.Hosting.Status == status)
        .Filter("health", (HostingHealth health) => r => r.Hosting.Health == health);

    public static void MapHostingApi(this IEndpointRouteBuilder api)
    {
        MapFirst(api.MapGroup("/host").WithTags("host").ProducesProblem(StatusCodes.Status401Unauthorized));
        MapEach(api.MapGroup("/hostings").WithTags("hostings").ProducesProblem(StatusCodes.Status401Unauthorized));
    }

    private static void MapFirst(RouteGroupBuilder host)
    {
        host.MapPost("", ([AsParameters] HostingCall call, CreateHostingRequest? body) => call.CreateAsync(body))
            .Creates("createHosting", "Create your hosting");
        foreach (var (path, suffix) in new[] { ("/my", ""), ("", "Short") })
        {
            host.MapGet(path, ([AsParameters] HostingCall call) => call.GetFirstAsync())
                .Shows("getHosting" + suffix, "Your hosting");
            host.MapDelete(path, async ([AsParameters] HostingCall call) => await call.ChangeAsync(await call.FirstAsync(), OperationKind.Delete))
                .Deletes("deleteHosting" + suffix, "Delete your hosting and everything in it");
        }

        foreach (var kind in HostingCall.Plain)
        {
            host.MapPost($"/my/{kind.Word()}", async ([AsParameters] HostingCall call) => await call.ChangeAsync(await call.FirstAsync(), kind))
                .Changes($"{kind.Word()}Hosting", $"{kind} your hosting's machine");
        }

        host.MapPost("/my/rebuild", async ([AsParameters] HostingCall call, RebuildRequest? body) => await call.RebuildAsync(await call.FirstAsync(), body))
            .Changes("rebuildHosting", "Make your hosting's machine anew, erasing what is inside").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static void MapEach(RouteGroupBuilder hostings)
    {
        hostings.MapGet("", ListAsync).WithName("listHostings").WithSummary("Your hostings, newest first").Pages<HostingRow, HostingResource>(Listing);
        hostings.MapPost("", ([AsParameters] HostingCall call, AddHostingRequest? body) => call.AddAsync(body))
            .Creates("addHosting", "Create a hosting, as many as your plan allows");
        hostings.MapGet("/{id:guid}", ([AsParameters] HostingCall call, Guid id) => call.GetAsync(id)).Shows("getHostingById", "One hosting");
        hostings.MapDelete("/{id:guid}", ([AsParameters] HostingCall call, Guid id) => call.ChangeAsync(id, OperationKind.Delete))
            .Deletes("deleteHostingById", "Delete a hosting and everything in it");
        foreach (var kind in HostingCall.Plain)
        {
            hostings.MapPost($"/{{id:guid}}/{kind.Word()}", ([AsParameters] HostingCall call, Guid id) => call.ChangeAsync(id, kind))
                .Changes($"{kind.Word()}HostingById", $"{kind} a hosting's machine");
        }

        hostings.MapPost("/{id:guid}/rebuild", ([AsParameters] HostingCall call, Guid id, RebuildRequest? body) => call.RebuildAsync(id, body))
            .Changes("rebuildHostingById", "Make a hosting's machine anew, erasing what is inside").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static Task<IResult> ListAsync(HttpContext context, WebHosterDb db, HostingQueries queries) =>
        Listing.Ask(queries.Rows(db, context.User.UserId()), context.Request.Query)
            .AnswerAsync(context, row => HostingResource.Of(queries.View(row)));

    private static void Shows(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint.WithName(name).WithSummary(summary)
        .Heeds(("If-None-Match", "An ETag that is known: 304 where the answer has it still."))
        .Produces<Envelope<HostingResource>>().Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);

    private static void Creates(this RouteHandlerBuilder endpoint, string name, string summary) => Accepted(endpoint, name, summary)
        .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static RouteHandlerBuilder Changes(this RouteHandlerBuilder endpoint, string name, string summary) =>
        Accepted(endpoint, name, summary).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status404NotFound);

    // Never a conflict: what is under way gives way to it.
    private static void Deletes(this RouteHandlerBuilder endpoint, string name, string summary) =>
        Accepted(endpoint, name, summary).ProducesProblem(StatusCodes.Status404NotFound);

    private static RouteHandlerBuilder Accepted(RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .WithName(name).WithSummary(summary).WithDescription("Answers 202; the Location header names the operation to follow.")
        .Produces<Envelope<HostingResource>>(StatusCodes.Status202Accepted);
}
