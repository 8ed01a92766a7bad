using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>Everything that one person's dashboard shows.</summary>
/// <param name="Hostings">In the order in which they were made.</param>
/// <param name="Plan">How many there may be, and how large.</param>
/// <param name="Newest">The newest operation of all; null where there never was one.</param>
/// <param name="Creation">The newest create; null where there never was one.</param>
public sealed record Overview(IReadOnlyList<HostingView> Hostings, Plan Plan, Operation? Newest, Operation? Creation)
{
    public bool HasRoom => Hostings.Count < Plan.MaxHostings;
}

/// <summary>Reads <see cref="Overview"/>.</summary>
public sealed class OverviewQuery(IDbContextFactory<WebHosterDb> factory, HostingQueries hostings)
{
    public async Task<Overview> LoadAsync(Guid ownerId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var plan = await db.Plans.AsNoTracking().SingleAsync(p => p.Name == db.Users.Where(u => u.Id == ownerId).Select(u => u.PlanName).First(), ct);
        var rows = await hostings.Rows(db, ownerId).OrderBy(r => r.Hosting.Ordinal).ToListAsync(ct);
        var operations = db.Operations.AsNoTracking().Where(o => o.OwnerId == ownerId);
        return new Overview(
            [.. rows.Select(hostings.View)], plan, await NewestAsync(operations, ct), await NewestAsync(operations.Where(o => o.Kind == OperationKind.Create), ct));
    }

    private static Task<Operation?> NewestAsync(IQueryable<Operation> operations, CancellationToken ct) =>
        operations.OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id).FirstOrDefaultAsync(ct);
}
