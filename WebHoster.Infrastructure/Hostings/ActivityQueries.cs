using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>What was done to hostings. The owner is part of each look-up; it outlives the hosting.</summary>
public sealed class ActivityQueries(IDbContextFactory<WebHosterDb> factory)
{
    /// <summary>Newest first, with their steps.</summary>
    /// <param name="hostingId">Null for all of the owner's.</param>
    public async Task<IReadOnlyList<Operation>> ListAsync(Guid ownerId, Guid? hostingId, int most, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await Of(db, ownerId, hostingId).Take(most).ToListAsync(ct);
    }

    /// <summary>Null where nothing was ever done.</summary>
    public async Task<Operation?> FindNewestAsync(Guid ownerId, Guid hostingId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await Of(db, ownerId, hostingId).FirstOrDefaultAsync(ct);
    }

    private static IQueryable<Operation> Of(WebHosterDb db, Guid ownerId, Guid? hostingId) => db.Operations.AsNoTracking()
        .Where(o => o.OwnerId == ownerId && (hostingId == null || o.HostingId == hostingId)).OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id);
}
