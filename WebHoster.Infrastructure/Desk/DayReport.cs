using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Desk;

/// <summary>How many operations of a kind were asked for in a day, and how they stand.</summary>
public sealed record DayCount(OperationKind Kind, int Succeeded, int Failed, int Cancelled, int Unfinished)
{
    public int All => Succeeded + Failed + Cancelled + Unfinished;
}

/// <summary>The last 24 hours.</summary>
/// <param name="Counts">Of every kind, also of those that nobody asked for.</param>
/// <param name="Newest">Newest first, few.</param>
public sealed record Day(IReadOnlyList<DayCount> Counts, IReadOnlyList<DayOperation> Newest);

/// <summary>One line of it.</summary>
/// <param name="Owner">Null where the person is gone.</param>
public sealed record DayOperation(
    Guid Id, OperationKind Kind, OperationStatus Status, string Slug, Guid HostingId, string? Owner, Guid OwnerId, DateTimeOffset CreatedAt, string? Error);

/// <summary>Counts it.</summary>
public sealed class DayReport(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private const int Shown = 8;

    public async Task<Day> ReadAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var since = clock.GetUtcNow().AddDays(-1);
        var groups = await db.Operations.Where(o => o.CreatedAt > since).GroupBy(o => new { o.Kind, o.Status })
            .Select(g => new { g.Key.Kind, g.Key.Status, Count = g.Count() }).ToListAsync(ct);
        var newest = await db.Operations.AsNoTracking().OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id).Take(Shown)
            .Select(o => new DayOperation(
                o.Id, o.Kind, o.Status, o.Slug, o.HostingId, db.Users.Where(u => u.Id == o.OwnerId).Select(u => u.UserName).FirstOrDefault(), o.OwnerId,
                o.CreatedAt, o.Error)).ToListAsync(ct);
        return new Day([.. Enum.GetValues<OperationKind>().Select(CountsOf)], newest);

        DayCount CountsOf(OperationKind kind) => new(
            kind, Of(kind, OperationStatus.Succeeded), Of(kind, OperationStatus.Failed), Of(kind, OperationStatus.Cancelled),
            Of(kind, OperationStatus.Queued) + Of(kind, OperationStatus.Running));

        int Of(OperationKind kind, OperationStatus status) => groups.Where(g => g.Kind == kind && g.Status == status).Sum(g => g.Count);
    }
}
