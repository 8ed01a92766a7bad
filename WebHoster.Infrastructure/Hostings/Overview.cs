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

/// <summary>Reads <see cref="Overview"/>, for each open dashboard whenever something of its owner's has changed: so its queries are compiled.</summary>
public sealed class OverviewQuery(IDbContextFactory<WebHosterDb> factory, HostingQueries hostings)
{
    private static readonly Func<WebHosterDb, Guid, Task<Plan>> PlanOf = EF.CompileAsyncQuery((WebHosterDb db, Guid ownerId) =>
        db.Plans.AsNoTracking().Single(p => p.Name == db.Users.Where(u => u.Id == ownerId).Select(u => u.PlanName).First()));

    private static readonly Func<WebHosterDb, Guid, Task<Operation?>> Newest = EF.CompileAsyncQuery((WebHosterDb db, Guid ownerId) =>
        db.Operations.AsNoTracking().Where(o => o.OwnerId == ownerId).OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id).FirstOrDefault());

    private static readonly Func<WebHosterDb, Guid, Task<Operation?>> NewestCreation = EF.CompileAsyncQuery((WebHosterDb db, Guid ownerId) =>
        db.Operations.AsNoTracking().Where(o => o.OwnerId == ownerId && o.Kind == OperationKind.Create).OrderByDescending(o => o.CreatedAt)
            .ThenByDescending(o => o.Id).FirstOrDefault());

    public async Task<Overview> LoadAsync(Guid ownerId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var plan = await PlanOf(db, ownerId);
        var rows = await hostings.Rows(db, ownerId).OrderBy(r => r.Hosting.Ordinal).ToListAsync(ct);
        var newest = await Newest(db, ownerId);
        var creation = newest is { Kind: OperationKind.Create } ? newest : await NewestCreation(db, ownerId);
        return new Overview([.. rows.Select(hostings.View)], plan, newest, creation);
    }
}
