using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Alerts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>
/// Opens and ends alerts. An alert and its deliveries are written in one transaction, so that none that was opened goes untold. Whoever knows of
/// something raises it and resolves it again; doing so twice changes nothing.
/// </summary>
public sealed class AlertBook(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private const long BookLock = 0x5748_414c_5254; // "WHALRT"
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>Something needs attention. Where it is known already, only its words are brought up to date.</summary>
    /// <param name="subject">Tells it from others of its kind.</param>
    /// <param name="words">For people: what is the matter, in a sentence.</param>
    public Task RaiseAsync(AlertKind kind, string subject, string words, CancellationToken ct) => ChangeAsync(async db =>
    {
        if (await OpenAsync(db, kind, subject, ct) is { } known)
        {
            known.Say(words);
            return;
        }
        var alert = new Alert(kind, subject, words, clock.GetUtcNow());
        db.Add(alert);
        db.AddRange((await db.AlertTargets.ToListAsync(ct)).Select(t => new AlertDelivery(alert, t, AlertEvent.Opened, clock.GetUtcNow())));
    }, ct);

    /// <summary>The matter is over. Whoever was told that it began is told.</summary>
    public Task ResolveAsync(AlertKind kind, string subject, CancellationToken ct) => ChangeAsync(async db =>
    {
        if (await OpenAsync(db, kind, subject, ct) is not { } alert)
            return;
        alert.Resolve(clock.GetUtcNow());
        var told = await db.AlertTargets.Where(t => db.AlertDeliveries.Any(
            d => d.AlertId == alert.Id && d.TargetId == t.Id && d.Event == AlertEvent.Opened && d.Status != DeliveryStatus.CalledOff)).ToListAsync(ct);
        db.AddRange(told.Select(t => new AlertDelivery(alert, t, AlertEvent.Resolved, clock.GetUtcNow())));
    }, ct);

    /// <summary>An administrator puts it aside: it is told no more, and does not come again while the matter is the same.</summary>
    /// <exception cref="NotFoundException">There is no such alert.</exception>
    /// <exception cref="ConflictException">It is over.</exception>
    public async Task<Alert> DismissAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct)
    {
        Alert? dismissed = null;
        await ChangeAsync(async db =>
        {
            var alert = dismissed = await db.Alerts.SingleOrDefaultAsync(a => a.Id == id, ct) ?? throw new NotFoundException("There is no such alert.");
            if (!alert.IsOpen)
                throw new ConflictException("This alert is over already.");
            alert.Dismiss(actor, clock.GetUtcNow());
            foreach (var delivery in await db.AlertDeliveries.Where(d => d.AlertId == id && d.Status == DeliveryStatus.Waiting).ToListAsync(ct))
                delivery.CallOff("An administrator put the alert aside.");
            db.Add(new AuditEntry(clock.GetUtcNow(), actor, "alert.dismiss", $"{alert.Kind} {alert.Subject}", "succeeded", from));
        }, ct);
        return dismissed!;
    }

    /// <summary>Removes those that ended long ago, with their deliveries, and old tests.</summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Alerts.Where(a => a.EndedAt < before).ExecuteDeleteAsync(ct)
            + await db.AlertDeliveries.Where(d => d.AlertId == null && d.CreatedAt < before).ExecuteDeleteAsync(ct);
    }

    private static Task<Alert?> OpenAsync(WebHosterDb db, AlertKind kind, string subject, CancellationToken ct) =>
        db.Alerts.SingleOrDefaultAsync(a => a.Kind == kind && a.Subject == subject && a.EndedAt == null, ct);

    private async Task ChangeAsync(Func<WebHosterDb, Task> change, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Two processes look at the same things: one alert comes of them.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({BookLock})", ct);
        await change(db);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
