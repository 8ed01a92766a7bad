using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Realtime;

/// <summary>An operation as it is now, and the lines of its log that are new.</summary>
public sealed record OperationNews(Operation Operation, IReadOnlyList<OperationEvent> Lines);

/// <summary>Follows one operation to its end, for the launcher's progress, for Server-Sent Events and for whoever waits for a change.</summary>
public sealed class OperationFollower(ChangeFeed feed, HostingQueries queries, ILogger<OperationFollower> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The operation each time it changed, last when it has ended. Never polls, and outlives PostgreSQL's absences.</summary>
    public IAsyncEnumerable<Operation> FollowAsync(Guid ownerId, Guid operationId, CancellationToken ct) =>
        FollowAsync(operationId, () => queries.GetOperationAsync(ownerId, operationId, ct), o => o, ct);

    /// <param name="after">The last line that is known already; 0 for none.</param>
    public IAsyncEnumerable<OperationNews> FollowWithLogAsync(Guid ownerId, Guid operationId, long after, CancellationToken ct) =>
        FollowAsync(
            operationId,
            async () =>
            {
                // The operation first: when it has ended, its last line has been written.
                var operation = await queries.GetOperationAsync(ownerId, operationId, ct);
                var lines = await ListAllAsync(operationId, after, ct);
                after = lines.Count > 0 ? lines[^1].Id : after;
                return new OperationNews(operation, lines);
            },
            news => news.Operation,
            ct);

    private async IAsyncEnumerable<T> FollowAsync<T>(
        Guid operationId, Func<Task<T>> look, Func<T, Operation> operationOf, [EnumeratorCancellation] CancellationToken ct) where T : class
    {
        await foreach (var _ in feed.WakeAsync(c => c.OperationId == operationId, ct))
        {
            if (await TryLookAsync(look, ct) is not { } seen)
                continue;
            yield return seen;
            if (!operationOf(seen).IsUnfinished)
                yield break;
        }
    }

    /// <summary>Null where PostgreSQL is away: the feed announces a resync when it is back.</summary>
    private async Task<T?> TryLookAsync<T>(Func<Task<T>> look, CancellationToken ct) where T : class
    {
        do
        {
            try
            {
                return await look();
            }
            catch (Exception e) when (e.IsDatabaseAway() && !ct.IsCancellationRequested)
            {
                logger.LogWarning("An operation could not be looked at: {Reason}", e.GetBaseException().Message);
            }
            await Task.Delay(Pause, ct);
        }
        // Only this look was cut off: no resync will come.
        while (feed.IsListening);
        return null;
    }

    private async Task<IReadOnlyList<OperationEvent>> ListAllAsync(Guid operationId, long after, CancellationToken ct)
    {
        List<OperationEvent> all = [];
        IReadOnlyList<OperationEvent> lines;
        do
        {
            lines = await queries.ListEventsAsync(operationId, all.Count > 0 ? all[^1].Id : after, ct);
            all.AddRange(lines);
        }
        while (lines.Count == HostingQueries.MaxEvents);
        return all;
    }
}
