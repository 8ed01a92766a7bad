using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>A hosting with what its view needs besides.</summary>
public sealed class HostingRow
{
    public required Hosting Hosting { get; init; }

    /// <summary>The newest operation.</summary>
    public Guid? OperationId { get; init; }
}

/// <summary>What an owner may look at. The owner is part of each look-up, so a stranger's object does not exist.</summary>
public sealed class HostingQueries(
    IDbContextFactory<WebHosterDb> factory, LookUps lookUps, SlotPlan plan, PublicAddresses addresses)
{
    /// <summary>Most lines that <see cref="ListEventsAsync"/> gives at once.</summary>
    public const int MaxEvents = 500;

    // What scripts and pages ask for most. Uncompiled, ./webhoster bench api falls to half: so Rows is written once more.
    private static readonly Func<WebHosterDb, Guid, CancellationToken, Task<HostingRow?>> First = EF.CompileAsyncQuery(
        (WebHosterDb db, Guid ownerId, CancellationToken _) =>
            db.Hostings.Where(h => h.OwnerId == ownerId).OrderBy(h => h.Ordinal).Select(h => new HostingRow
            {
                Hosting = h,
                OperationId = db.Operations.Where(o => o.OwnerId == h.OwnerId && o.HostingId == h.Id).OrderByDescending(o => o.CreatedAt)
                    .Select(o => (Guid?)o.Id).FirstOrDefault(),
            }).FirstOrDefault());

    /// <summary>The owner's first hosting; null where there is none.</summary>
    public async Task<HostingView?> FindMineAsync(Guid ownerId, CancellationToken ct = default)
    {
        await using var db = lookUps.CreateDbContext();
        return await First(db, ownerId, ct) is { } row ? View(row) : null;
    }

    /// <summary>Null where there is no such hosting, or it is another person's.</summary>
    public async Task<HostingView?> FindAsync(Guid ownerId, Guid hostingId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await Rows(db, ownerId).FirstOrDefaultAsync(r => r.Hosting.Id == hostingId, ct) is { } row ? View(row) : null;
    }

    /// <summary>The owner's hostings, for lists.</summary>
    public IQueryable<HostingRow> Rows(WebHosterDb db, Guid ownerId) => Rows(db, db.Hostings.Where(h => h.OwnerId == ownerId));

    public HostingView View(HostingRow row) => HostingView.Of(row.Hosting, row.OperationId, plan, addresses);

    /// <summary>
    /// The newest operation of the owner's first hosting, or where there is none of any that they had; null where there never was one.
    /// </summary>
    public async Task<Operation?> FindNewestOperationAsync(Guid ownerId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var first = await db.Hostings.Where(h => h.OwnerId == ownerId).OrderBy(h => h.Ordinal).Select(h => (Guid?)h.Id).FirstOrDefaultAsync(ct);
        return await db.Operations.AsNoTracking().Where(o => o.OwnerId == ownerId && (first == null || o.HostingId == first))
            .OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id).FirstOrDefaultAsync(ct);
    }

    /// <exception cref="NotFoundException">No such operation, or another person's.</exception>
    public async Task<Operation> GetOperationAsync(Guid ownerId, Guid id, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Operations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id && o.OwnerId == ownerId, ct)
            ?? throw new NotFoundException("There is no such operation.");
    }

    /// <summary>The operation's log after event <paramref name="after"/> (0 for all), oldest first, at most <see cref="MaxEvents"/>.</summary>
    public async Task<IReadOnlyList<OperationEvent>> ListEventsAsync(Guid operationId, long after, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.OperationEvents.AsNoTracking().Where(e => e.OperationId == operationId && e.Id > after)
            .OrderBy(e => e.Id).Take(MaxEvents).ToListAsync(ct);
    }

    private static IQueryable<HostingRow> Rows(WebHosterDb db, IQueryable<Hosting> hostings) => hostings.AsNoTracking().Select(h => new HostingRow
    {
        Hosting = h,
        OperationId = db.Operations.Where(o => o.OwnerId == h.OwnerId && o.HostingId == h.Id).OrderByDescending(o => o.CreatedAt)
            .Select(o => (Guid?)o.Id).FirstOrDefault(),
    });
}
