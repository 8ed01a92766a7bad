using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>What nginx has to serve, read from PostgreSQL: a row says where its slug leads.</summary>
public sealed class RouteTables(IDbContextFactory<WebHosterDb> factory, SlotPlan plan)
{
    public async Task<RouteTable> LoadAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var rows = await db.Hostings.Where(h => h.Route != RouteTarget.Withdrawn).OrderBy(h => h.Slug)
            .Select(h => new { h.Slug, h.SlotNumber, h.Status, h.Route }).ToListAsync(ct);
        return new RouteTable(
            [.. rows.Select(r => new SiteRoute(
                r.Slug, r.Route == RouteTarget.Guest ? plan.Address(r.SlotNumber) : null, StateOf(r.Status)))],
            [.. rows.Select(r => r.SlotNumber).Order()]);
    }

    /// <summary>To a visitor, stopping is stopped: else nginx would have to be told again when it is.</summary>
    private static string StateOf(HostingStatus status) =>
        (status == HostingStatus.Stopping ? HostingStatus.Stopped : status).Word();
}
