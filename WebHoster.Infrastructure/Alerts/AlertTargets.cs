using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Alerts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>A target that was just made.</summary>
/// <param name="Secret">Of a webhook; nobody can see it again.</param>
public sealed record NewTarget(AlertTarget Target, string? Secret);

/// <summary>Where alerts go, as administrators keep it. Each change is audited.</summary>
public sealed class AlertTargets(IDbContextFactory<WebHosterDb> factory, WebhookDialer dialer, WebhookSecrets secrets, TimeProvider clock)
{
    private const int Most = 20;
    private const long AddLock = 0x5748_4154;

    /// <exception cref="InvalidInputException">Name or address is wrong, or the address is one that alerts do not go to.</exception>
    /// <exception cref="ConflictException">There are enough of them.</exception>
    public async Task<NewTarget> AddAsync(Guid actor, TargetKind kind, string? name, string? address, IPAddress? from, CancellationToken ct)
    {
        var secret = kind == TargetKind.Webhook ? AlertTarget.NewSecret() : null;
        var target = new AlertTarget(kind, name, address, secret is null ? null : secrets.Seal(secret), actor, clock.GetUtcNow());
        // Told now what is plain already; a name is looked at whenever it is dialled.
        if (kind == TargetKind.Webhook && await dialer.RefusesAsync(new Uri(target.Address).Host.Trim('[', ']'), ct))
            throw new InvalidInputException("address", "Alerts do not go to private, loopback or link-local addresses. Alerts:Permitted can allow one.");
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({AddLock})", ct); // of many at once, each sees those before it
        if (await db.AlertTargets.CountAsync(ct) >= Most)
            throw new ConflictException($"There are {Most} targets already. Remove one first.");
        db.AddRange(target, Audit(actor, "add", target, from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new NewTarget(target, secret);
    }

    /// <exception cref="NotFoundException">There is no such target.</exception>
    public Task<AlertTarget> RemoveAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) => ChangeAsync(actor, id, "remove", from, async (db, target) =>
    {
        foreach (var delivery in await db.AlertDeliveries.Where(d => d.TargetId == id && d.Status == DeliveryStatus.Waiting).ToListAsync(ct))
            delivery.CallOff("The target was removed.");
        await db.SaveChangesAsync(ct);
        db.Remove(target);
        return true;
    }, ct);

    /// <summary>Nothing is sent there until it is resumed; what comes meanwhile waits.</summary>
    /// <exception cref="NotFoundException">There is no such target.</exception>
    public Task<AlertTarget> PauseAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) => ChangeAsync(actor, id, "pause", from, (_, target) =>
    {
        var changes = target.PausedAt is null;
        target.PausedAt ??= clock.GetUtcNow();
        return Task.FromResult(changes);
    }, ct);

    /// <exception cref="NotFoundException">There is no such target.</exception>
    public Task<AlertTarget> ResumeAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) => ChangeAsync(actor, id, "resume", from, (_, target) =>
    {
        var changes = target.PausedAt is not null;
        target.PausedAt = null;
        return Task.FromResult(changes);
    }, ct);

    /// <summary>Sends a word there, once.</summary>
    /// <exception cref="NotFoundException">There is no such target.</exception>
    /// <exception cref="ConflictException">It is paused.</exception>
    public Task<AlertTarget> TestAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct) => ChangeAsync(actor, id, "test", from, (db, target) =>
    {
        if (target.PausedAt is not null)
            throw new ConflictException("The target is paused. Resume it first.");
        db.Add(new AlertDelivery((Guid?)null, target, AlertEvent.Test, clock.GetUtcNow()));
        return Task.FromResult(true);
    }, ct);

    /// <summary>Tries a delivery again at once that waits or was given up.</summary>
    /// <exception cref="NotFoundException">There is no such delivery.</exception>
    /// <exception cref="ConflictException">It arrived, was called off, or has no target any more.</exception>
    public async Task<AlertDelivery> RetryAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var delivery = await db.AlertDeliveries.SingleOrDefaultAsync(d => d.Id == id, ct) ?? throw new NotFoundException("There is no such delivery.");
        if (delivery.Status is not (DeliveryStatus.Waiting or DeliveryStatus.GivenUp) || delivery.TargetId is null)
            throw new ConflictException("This delivery is over: it cannot be tried again.");
        delivery.Hurry(clock.GetUtcNow());
        db.Add(new AuditEntry(clock.GetUtcNow(), actor, "alert_delivery.retry", delivery.TargetName, "succeeded", from));
        await db.SaveChangesAsync(ct);
        return delivery;
    }

    /// <param name="change">False where there was nothing to change.</param>
    private async Task<AlertTarget> ChangeAsync(
        Guid actor, Guid id, string verb, IPAddress? from, Func<WebHosterDb, AlertTarget, Task<bool>> change, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var target = await db.AlertTargets.FromSql($"select * from alert_targets where id = {id} for update").SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such target.");
        if (!await change(db, target))
            return target;
        db.Add(Audit(actor, verb, target, from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return target;
    }

    private AuditEntry Audit(Guid actor, string verb, AlertTarget target, IPAddress? from) =>
        new(clock.GetUtcNow(), actor, $"alert_target.{verb}", target.Name, "succeeded", from);
}
