using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>
/// Tells that PostgreSQL is away while it is: to the targets that were known before, out of memory. When it is back, the alert and its deliveries
/// are written down, and what did not arrive is tried on from there.
/// </summary>
public sealed class DatabaseWatch(
    IDbContextFactory<WebHosterDb> factory, AlertSender sender, IOptions<AlertSettings> settings, TimeProvider clock, ILogger<DatabaseWatch> logger)
    : Clockwork(TimeSpan.FromSeconds(2), atOnce: true, "PostgreSQL does not answer", logger)
{
    private readonly Dictionary<Guid, (AlertDelivery Delivery, string? Error)> _told = [];
    private IReadOnlyList<AlertTarget> _targets = [];
    private Alert? _alert;
    private DateTimeOffset? _since;

    protected override async Task RoundAsync(CancellationToken ct)
    {
        try
        {
            await using var db = await factory.CreateDbContextAsync(ct);
            _targets = await db.AlertTargets.AsNoTracking().Where(t => t.PausedAt == null).ToListAsync(ct);
            if (_alert is not null)
                await KeepAsync(db, _alert, ct);
            (_since, _alert) = (null, null);
            _told.Clear();
        }
        catch (Exception e) when (e.IsDatabaseTrouble() && !ct.IsCancellationRequested)
        {
            _since ??= clock.GetUtcNow();
            if (_alert is null && clock.GetUtcNow() - _since >= TimeSpan.FromSeconds(settings.Value.DatabaseSeconds))
                await TellAsync(e, ct);
            throw;
        }
    }

    private async Task TellAsync(Exception trouble, CancellationToken ct)
    {
        _alert = new Alert(AlertKind.DatabaseTrouble, "away", $"PostgreSQL does not answer. {trouble.GetBaseException().Message}", _since!.Value);
        foreach (var target in _targets)
        {
            var delivery = new AlertDelivery(_alert, target, AlertEvent.Opened, clock.GetUtcNow());
            _told[target.Id] = (delivery, await sender.SendAsync(target, delivery.Id, AlertEvent.Opened, _alert, ct));
        }
    }

    private async Task KeepAsync(WebHosterDb db, Alert alert, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        alert.Resolve(now);
        db.Add(alert);
        var told = _told.Keys.ToList();
        foreach (var target in await db.AlertTargets.Where(t => told.Contains(t.Id)).ToListAsync(ct))
        {
            var (delivery, error) = _told[target.Id];
            if (error is null)
                delivery.Delivered(now);
            else
                delivery.Failed(error, now);
            db.AddRange(delivery, new AlertDelivery(alert, target, AlertEvent.Resolved, now));
        }
        await db.SaveChangesAsync(ct);
    }
}
