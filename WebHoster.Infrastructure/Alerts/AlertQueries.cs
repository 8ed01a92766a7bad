using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>A target, and how its last delivery went.</summary>
/// <param name="Last">The newest that was tried; null where none was.</param>
public sealed record TargetView(AlertTarget Target, AlertDelivery? Last, int Waiting);

/// <summary>A delivery and what it tells of.</summary>
/// <param name="Words">The alert's; null for a test.</param>
public sealed record DeliveryView
{
    public required AlertDelivery Delivery { get; init; }

    public string? Words { get; init; }
}

/// <summary>What administrators see of alerts.</summary>
public sealed class AlertQueries(IDbContextFactory<WebHosterDb> factory)
{
    /// <summary>What needs attention now, newest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListOpenAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Alerts.AsNoTracking().Where(a => a.EndedAt == null).OrderByDescending(a => a.OpenedAt).Take(200).ToListAsync(ct);
    }

    /// <summary>What is over, newest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListEndedAsync(int most, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Alerts.AsNoTracking().Where(a => a.EndedAt != null).OrderByDescending(a => a.EndedAt).Take(most).ToListAsync(ct);
    }

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<TargetView>> ListTargetsAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var rows = await db.AlertTargets.AsNoTracking().OrderBy(t => t.Name).ThenBy(t => t.Id).Select(t => new
        {
            Target = t,
            Last = db.AlertDeliveries.Where(d => d.TargetId == t.Id && d.Tries > 0).OrderByDescending(d => d.LastTryAt).FirstOrDefault(),
            Waiting = db.AlertDeliveries.Count(d => d.TargetId == t.Id && d.Status == DeliveryStatus.Waiting),
        }).ToListAsync(ct);
        return [.. rows.Select(r => new TargetView(r.Target, r.Last, r.Waiting))];
    }

    /// <summary>The log: newest first.</summary>
    public async Task<IReadOnlyList<DeliveryView>> ListDeliveriesAsync(int most, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await Deliveries(db).OrderByDescending(d => d.Delivery.CreatedAt).ThenByDescending(d => d.Delivery.Id).Take(most).ToListAsync(ct);
    }

    /// <summary>For lists.</summary>
    public static IQueryable<DeliveryView> Deliveries(WebHosterDb db) => db.AlertDeliveries.AsNoTracking().Select(d => new DeliveryView
    {
        Delivery = d,
        Words = db.Alerts.Where(a => a.Id == d.AlertId).Select(a => a.Words).FirstOrDefault(),
    });
}
