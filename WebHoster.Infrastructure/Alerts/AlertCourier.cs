using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core;
using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Mail;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>Takes what is due from its rows and sends it. Any number of processes may do so at once; what one had in hand when it was killed another takes up.</summary>
public sealed class AlertCourier(
    IDbContextFactory<WebHosterDb> factory, AlertSender sender, ChangeFeed feed, IOptions<MailSettings> mail, TimeProvider clock, ILogger<AlertCourier> logger)
    : BellClockwork(feed, "alert", TimeSpan.FromSeconds(30), "Alerts were not delivered", logger)
{
    private const int AtOnce = 10;

    // Longer than the slowest try takes, or another process would send the same meanwhile.
    private readonly TimeSpan _claim = TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(mail.Value.TimeoutSeconds);

    protected override async Task<TimeSpan?> NextAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Database.SqlQuery<TimeSpan?>(
            $"""
             select min(greatest(d.next_try_at, d.claimed_until)) - now() as "Value" from alert_deliveries d join alert_targets t on t.id = d.target_id
             where d.status = 'waiting' and t.paused_at is null and not (d.event = 'resolved' and exists (
                 select from alert_deliveries e where e.alert_id = d.alert_id and e.target_id = d.target_id and e.event = 'opened' and e.status = 'waiting'))
             """).SingleAsync(ct);
    }

    protected override async Task RoundAsync(CancellationToken ct)
    {
        while (await ClaimAsync(ct) is { Count: > 0 } claimed)
            await Task.WhenAll(claimed.Select(id => DeliverAsync(id, ct)));
    }

    /// <summary>That something is over is not told before it was told that it began.</summary>
    private async Task<List<Guid>> ClaimAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Database.SqlQuery<Guid>(
            $"""
             update alert_deliveries set claimed_until = now() + {_claim}, tries = tries + 1, last_try_at = now()
             where id in (
                 select d.id from alert_deliveries d join alert_targets t on t.id = d.target_id
                 where d.status = 'waiting' and d.next_try_at <= now() and (d.claimed_until is null or d.claimed_until < now()) and t.paused_at is null
                     and not (d.event = 'resolved' and exists (
                         select from alert_deliveries e where e.alert_id = d.alert_id and e.target_id = d.target_id and e.event = 'opened' and e.status = 'waiting'))
                 order by d.next_try_at limit {AtOnce} for update of d skip locked)
             returning id as "Value"
             """).ToListAsync(ct);
    }

    private async Task DeliverAsync(Guid id, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var row = await db.AlertDeliveries.AsNoTracking().Where(d => d.Id == id)
            .Select(d => new
            {
                Delivery = d,
                Target = db.AlertTargets.FirstOrDefault(t => t.Id == d.TargetId),
                Alert = db.Alerts.FirstOrDefault(a => a.Id == d.AlertId),
            }).SingleAsync(ct);
        if (row.Target is null)
            return;
        var error = await sender.SendAsync(row.Target, id, row.Delivery.Event, row.Alert, ct);
        await using var after = await factory.CreateDbContextAsync(ct);
        var delivery = await after.AlertDeliveries.SingleAsync(d => d.Id == id, ct);
        if (delivery.Status != DeliveryStatus.Waiting)
            return;
        if (error is null)
            delivery.Delivered(clock.GetUtcNow());
        else
            delivery.Failed(error, delivery.Event == AlertEvent.Test ? null : BackOff.Next(delivery.Tries, clock.GetUtcNow()));
        await after.SaveChangesAsync(ct);
    }
}

/// <summary>Sends one word to one target, by whatever way the target is of.</summary>
public sealed class AlertSender(WebhookSender webhooks, Mailer mail, PublicAddresses addresses)
{
    /// <returns>Null where it arrived; otherwise why not.</returns>
    public async Task<string?> SendAsync(AlertTarget target, Guid id, AlertEvent about, Alert? alert, CancellationToken ct)
    {
        var message = new AlertMessage(
            id, $"alert.{about.Word()}", addresses.Host, $"{addresses.PortalUrl}/admin/alerts",
            alert is null ? null : new AlertMessage.About(alert.Id, alert.Kind, alert.Subject, alert.Words, alert.OpenedAt, alert.EndedAt));
        return target.Kind == TargetKind.Webhook ? await webhooks.SendAsync(target, message, ct) : await MailAsync(target, message, ct);
    }

    private async Task<string?> MailAsync(AlertTarget target, AlertMessage message, CancellationToken ct)
    {
        if (!mail.IsConfigured)
            return "Mail is not set up: the settings' section Mail names no server.";
        try
        {
            await mail.SendAsync(new Letter(target.Address, message.Title.ReplaceLineEndings(" "), message.Text), ct);
            return null;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            return e.GetBaseException().Message;
        }
    }
}
