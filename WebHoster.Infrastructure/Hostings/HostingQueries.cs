using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>What an owner may look at. The owner is part of each look-up, so a stranger's object does not exist.</summary>
public sealed class HostingQueries(IDbContextFactory<WebHosterDb> factory, SlotPlan plan, PublicAddresses addresses)
{
    /// <summary>Null where the owner has no hosting.</summary>
    public async Task<HostingView?> FindMineAsync(Guid ownerId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var row = await db.Hostings.AsNoTracking().Where(h => h.OwnerId == ownerId)
            .Select(h => new
            {
                Hosting = h,
                OperationId = db.Operations.Where(o => o.HostingId == h.Id).OrderByDescending(o => o.CreatedAt)
                    .Select(o => (Guid?)o.Id).FirstOrDefault(),
            })
            .FirstOrDefaultAsync(ct);
        return row is null ? null : HostingView.Of(row.Hosting, row.OperationId, plan, addresses);
    }

    /// <summary>The owner's newest operation, whether or not its hosting still lives; null where there never was one.</summary>
    public async Task<Operation?> FindNewestOperationAsync(Guid ownerId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Operations.AsNoTracking().Where(o => o.OwnerId == ownerId)
            .OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id).FirstOrDefaultAsync(ct);
    }

    /// <exception cref="NotFoundException">No such operation, or another person's.</exception>
    public async Task<Operation> GetOperationAsync(Guid ownerId, Guid id, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Operations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id && o.OwnerId == ownerId, ct)
            ?? throw new NotFoundException("There is no such operation.");
    }

    /// <summary>The owner's newest operations, newest first.</summary>
    public async Task<IReadOnlyList<Operation>> ListOperationsAsync(Guid ownerId, int limit, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Operations.AsNoTracking().Where(o => o.OwnerId == ownerId)
            .OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id).Take(limit).ToListAsync(ct);
    }

    /// <summary>The operation's log after event <paramref name="after"/> (0 for all), oldest first, at most 500.</summary>
    public async Task<IReadOnlyList<OperationEvent>> ListEventsAsync(Guid operationId, long after, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.OperationEvents.AsNoTracking().Where(e => e.OperationId == operationId && e.Id > after)
            .OrderBy(e => e.Id).Take(500).ToListAsync(ct);
    }
}
