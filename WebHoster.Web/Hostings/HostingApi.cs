using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Hostings;

/// <summary>Body of a create; may be left out.</summary>
/// <param name="SshPublicKey">One OpenSSH line. Without it a key pair is made, and the answer alone carries its private half.</param>
public sealed record CreateHostingRequest(string? SshPublicKey);

/// <summary>Body of a rebuild, which erases everything inside.</summary>
/// <param name="Confirm">The hosting's slug.</param>
public sealed record RebuildRequest(string? Confirm);

/// <summary><c>/api/v1/host</c>: the caller's hosting.</summary>
public static class HostingApi
{
    public static void MapHostingApi(this IEndpointRouteBuilder api)
    {
        var host = api.MapGroup("/host").WithTags("host").ProducesProblem(StatusCodes.Status401Unauthorized);
        Accepted(host.MapPost("", CreateAsync), "createHosting", "Create your hosting")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        foreach (var (path, suffix) in new[] { ("/my", ""), ("", "Short") })
        {
            host.MapGet(path, GetAsync).WithName("getHosting" + suffix).WithSummary("Your hosting")
                .Produces<Envelope<HostingResource>>().ProducesProblem(StatusCodes.Status404NotFound);
            Accepted(host.MapDelete(path, DeleteAsync), "deleteHosting" + suffix, "Delete your hosting and everything in it")
                .ProducesProblem(StatusCodes.Status404NotFound);
        }

        foreach (var kind in new[] { OperationKind.Start, OperationKind.Stop, OperationKind.Restart })
        {
            Accepted(
                    host.MapPost($"/my/{kind.Word()}", (HttpContext c, HostingRequests r, HostingQueries q, ILogger<HostingRequests> l) =>
                        ChangeAsync(kind, c, r, q, l)),
                    $"{kind.Word()}Hosting", $"{kind} your hosting's machine")
                .ProducesProblem(StatusCodes.Status404NotFound);
        }

        Accepted(host.MapPost("/my/rebuild", RebuildAsync), "rebuildHosting", "Make your hosting's machine anew, erasing what is inside")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static RouteHandlerBuilder Accepted(RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .WithName(name).WithSummary(summary).WithDescription("Answers 202; the Location header names the operation to follow.")
        .Produces<Envelope<HostingResource>>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> CreateAsync(
        CreateHostingRequest? request, HttpContext context, HostingRequests requests, HostingQueries queries, ILogger<HostingRequests> logger)
    {
        var accepted = await requests.CreateAsync(context.User.UserId(), request?.SshPublicKey, context.From(), context.RequestAborted);
        return await AnswerAsync(accepted.Operation, accepted.PrivateKey, context, queries, logger);
    }

    private static async Task<IResult> GetAsync(HttpContext context, HostingQueries queries) =>
        Results.Json(Envelope.Of(HostingResource.Of(
            await queries.FindMineAsync(context.User.UserId(), context.RequestAborted) ?? throw new NotFoundException("You have no hosting."))));

    private static Task<IResult> DeleteAsync(
        HttpContext context, HostingRequests requests, HostingQueries queries, ILogger<HostingRequests> logger) =>
        ChangeAsync(OperationKind.Delete, context, requests, queries, logger);

    private static async Task<IResult> RebuildAsync(
        RebuildRequest? request, HttpContext context, HostingRequests requests, HostingQueries queries, ILogger<HostingRequests> logger)
    {
        var mine = await queries.FindMineAsync(context.User.UserId(), context.RequestAborted) ?? throw new NotFoundException("You have no hosting.");
        if (request?.Confirm != mine.Slug)
            throw new InvalidInputException("confirm", $"A rebuild erases everything inside. To go on, send {{\"confirm\":\"{mine.Slug}\"}}.");
        return await ChangeAsync(OperationKind.Rebuild, context, requests, queries, logger);
    }

    private static async Task<IResult> ChangeAsync(
        OperationKind kind, HttpContext context, HostingRequests requests, HostingQueries queries, ILogger<HostingRequests> logger)
    {
        var operation = await requests.ChangeAsync(context.User.UserId(), kind, context.From(), context.RequestAborted);
        return await AnswerAsync(operation, null, context, queries, logger);
    }

    private static async Task<IResult> AnswerAsync(
        Operation operation, string? privateKey, HttpContext context, HostingQueries queries, ILogger<HostingRequests> logger)
    {
        logger.LogInformation("Accepted {Kind} of {Slug} as {OperationId} on {HostingId}", operation.Kind, operation.Slug, operation.Id, operation.HostingId);
        var location = $"/api/v1/operations/{operation.Id}";
        var message = $"Accepted. Follow {location} to see it done.";
        context.Response.Headers.Location = location;
        if (privateKey is not null)
            context.Response.Headers.CacheControl = "no-store";
        // An engine that was quick may have deleted the row already: then only the operation is left to name.
        var view = await queries.FindMineAsync(context.User.UserId(), context.RequestAborted);
        object data = view is null
            ? new { OperationId = operation.Id }
            : HostingResource.Of(view) with { OperationId = operation.Id, SshPrivateKey = privateKey };
        return Results.Json(Envelope.Of(data, message), statusCode: StatusCodes.Status202Accepted);
    }
}
