using Microsoft.EntityFrameworkCore;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Operations;

/// <summary>The lines that operations wrote.</summary>
public sealed class OperationLogs(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>Removes those of operations that ended long ago. Operations, their steps and why they failed stay.</summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.OperationEvents.Where(l => db.Operations.Any(o => o.Id == l.OperationId && o.FinishedAt < before)).ExecuteDeleteAsync(ct);
    }
}
