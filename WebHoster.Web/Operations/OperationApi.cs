using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Operations;

/// <summary><c>/api/v1/operations</c>: the caller's asked-for changes, and how they go.</summary>
public static class OperationApi
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    public static void MapOperationApi(this IEndpointRouteBuilder api)
    {
        var operations = api.MapGroup("/operations").WithTags("operations").ProducesProblem(StatusCodes.Status401Unauthorized);
        operations.MapGet("", ListAsync).WithName("listOperations").WithSummary("Your operations, newest first")
            .Produces<Envelope<IReadOnlyList<OperationResource>>>().ProducesProblem(StatusCodes.Status400BadRequest);
        operations.MapGet("/{id:guid}", GetAsync).WithName("getOperation").WithSummary("One operation")
            .Produces<Envelope<OperationResource>>().ProducesProblem(StatusCodes.Status404NotFound);
        operations.MapGet("/{id:guid}/events", EventsAsync).WithName("followOperation")
            .WithSummary("One operation as it goes: events “operation” and “log” until it has ended")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(HttpContext context, HostingQueries queries, CancellationToken ct, int limit = DefaultLimit)
    {
        if (limit is < 1 or > MaxLimit)
            throw new InvalidInputException("limit", $"The limit is 1 to {MaxLimit}.");
        var list = await queries.ListOperationsAsync(context.User.UserId(), limit, ct);
        return Results.Json(Envelope.Of(list.Select(OperationResource.Of)));
    }

    private static async Task<IResult> GetAsync(Guid id, HttpContext context, HostingQueries queries, CancellationToken ct) =>
        Results.Json(Envelope.Of(OperationResource.Of(await queries.GetOperationAsync(context.User.UserId(), id, ct))));

    private static async Task<IResult> EventsAsync(
        Guid id, HttpContext context, HostingQueries queries, OperationFollower follower, IHostApplicationLifetime life)
    {
        var owner = context.User.UserId();
        await queries.GetOperationAsync(owner, id, context.RequestAborted); // 404 before the stream begins
        var after = long.TryParse(context.Request.Headers["Last-Event-ID"], out var last) ? last : 0;
        return TypedResults.ServerSentEvents(FollowAsync(owner, id, after, queries, follower, life.ApplicationStopping, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(
        Guid owner, Guid id, long after, HostingQueries queries, OperationFollower follower, CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, ct);
        await foreach (var operation in follower.FollowAsync(owner, id, either.Token))
        {
            foreach (var line in await queries.ListEventsAsync(id, after, either.Token))
            {
                after = line.Id;
                yield return Item(new LogLineResource(line.Id, line.At, line.Step, line.Message), "log", after);
            }

            yield return Item(OperationResource.Of(operation), "operation", after);
        }
    }

    private static SseItem<string> Item<T>(T data, string type, long id) =>
        new(JsonSerializer.Serialize(data, ApiJson.Options), type) { EventId = id.ToString() };
}
