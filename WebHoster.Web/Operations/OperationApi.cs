using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Account;
using WebHoster.Web.Conditional;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;
using WebHoster.Web.Streams;

namespace WebHoster.Web.Operations;

/// <summary><c>/api/v1/operations</c>: the caller's asked-for changes, and how they go.</summary>
public static class OperationApi
{
    /// <summary>Most seconds that <c>?wait=</c> may say: proxies do not wait for long either.</summary>
    private const int MaxWait = 60;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>What the list of operations can be sorted and filtered by.</summary>
    public static readonly Collection<Operation> Listing = new Collection<Operation>("-created_at")
        .Sort("created_at", o => o.CreatedAt, o => o.Id)
        .Filter("status", (OperationStatus status) => o => o.Status == status)
        .Filter("kind", (OperationKind kind) => o => o.Kind == kind)
        .Filter("hosting_id", (Guid hosting) => o => o.HostingId == hosting);

    public static void MapOperationApi(this IEndpointRouteBuilder api)
    {
        var operations = api.MapGroup("/operations").WithTags("operations").ProducesProblem(StatusCodes.Status401Unauthorized);
        operations.MapGet("", ListAsync).WithName("listOperations").WithSummary("Your operations, newest first")
            .Pages<Operation, OperationResource>(Listing);
        operations.MapGet("/{id:guid}", GetAsync).WithName("getOperation").WithSummary("One operation")
            .Takes(new QueryParameter("wait", $"Seconds, 0 to {MaxWait}: wait until the operation has ended or, with If-None-Match, differs from that.", [], typeof(int)))
            .Heeds(("If-None-Match", "An ETag that is known: 304 where the answer has it still."))
            .Produces<Envelope<OperationResource>>().Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        operations.MapGet("/{id:guid}/events", EventsAsync).WithName("followOperation")
            .WithSummary("One operation as it goes: events “operation” and “log” until it has ended")
            .Heeds(("Last-Event-ID", "The id of the last event that came: it goes on behind it."))
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Task<IResult> ListAsync(HttpContext context, WebHosterDb db)
    {
        var owner = context.User.UserId();
        return Listing.Ask(db.Operations.AsNoTracking().Where(o => o.OwnerId == owner), context.Request.Query)
            .AnswerAsync(context, OperationResource.Of);
    }

    private static async Task<IResult> GetAsync(
        Guid id, HttpContext context, HostingQueries queries, OperationFollower follower, IHostApplicationLifetime life)
    {
        var patience = TimeSpan.FromSeconds(context.Request.Query.Whole("wait", 0, MaxWait, 0));
        var operation = await queries.GetOperationAsync(context.User.UserId(), id, context.RequestAborted);
        var answer = Tagged(operation);
        // Who names a tag waits for another; who names none, for the end.
        var namesTag = context.Request.Headers.IfNoneMatch.Count > 0;
        if (patience > TimeSpan.Zero && operation.IsUnfinished && (!namesTag || answer.IsKnownTo(context.Request)))
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(life.ApplicationStopping, context.RequestAborted);
            end.CancelAfter(patience);
            answer = await AwaitAsync(answer, onlyItsEnd: !namesTag, follower.FollowAsync(operation.OwnerId, id, end.Token), end.Token);
        }
        return answer.Result(context);
    }

    private static async Task<TaggedAnswer> AwaitAsync(
        TaggedAnswer known, bool onlyItsEnd, IAsyncEnumerable<Operation> operations, CancellationToken end)
    {
        var latest = known;
        try
        {
            await foreach (var operation in operations)
            {
                latest = Tagged(operation);
                if (!operation.IsUnfinished || (!onlyItsEnd && !latest.Tag.Equals(known.Tag)))
                    break;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // What was waited for did not come.
        }
        return latest;
    }

    private static TaggedAnswer Tagged(Operation operation) => TaggedAnswer.Of(Envelope.Of(OperationResource.Of(operation)));

    private static async Task<IResult> EventsAsync(
        Guid id, HttpContext context, HostingQueries queries, OperationFollower follower, CallerWatch watch, IHostApplicationLifetime life)
    {
        var owner = context.User.UserId();
        await queries.GetOperationAsync(owner, id, context.RequestAborted); // 404 before the stream begins
        var after = long.TryParse(context.Request.Headers["Last-Event-ID"], out var last) ? last : 0;
        return new EventStream(
            ct => ShowAsync(follower.FollowWithLogAsync(owner, id, after, ct), after), Heartbeat, life.ApplicationStopping, ct => watch.UntilUnwelcomeAsync(context, ct));
    }

    private static async IAsyncEnumerable<ServerEvent> ShowAsync(IAsyncEnumerable<OperationNews> all, long after)
    {
        var shown = "";
        await foreach (var news in all)
        {
            foreach (var line in news.Lines)
            {
                after = line.Id;
                yield return new ServerEvent("log", $"{after}", Text(new LogLineResource(line.Id, line.At, line.Step, line.Message)));
            }

            // A line in the log is news of its own: the operation is the same as before.
            var operation = Text(OperationResource.Of(news.Operation));
            if (operation != shown)
                yield return new ServerEvent("operation", $"{after}", operation);
            shown = operation;
        }
    }

    private static string Text<T>(T data) => JsonSerializer.Serialize(data, ApiJson.Options);
}
