using System.Runtime.CompilerServices;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Realtime;

/// <summary>Follows one operation to its end, for the launcher's progress and for Server-Sent Events.</summary>
public sealed class OperationFollower(ChangeFeed feed, HostingQueries queries)
{
    /// <summary>The operation each time it changed, last when it has ended. Never polls.</summary>
    public async IAsyncEnumerable<Operation> FollowAsync(Guid ownerId, Guid operationId, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var change in feed.ReadAsync(ct))
        {
            if (change != Change.Resync && change.OperationId != operationId)
                continue;
            var operation = await queries.GetOperationAsync(ownerId, operationId, ct);
            yield return operation;
            if (!operation.IsUnfinished)
                yield break;
        }
    }
}
