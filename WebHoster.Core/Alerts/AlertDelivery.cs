namespace WebHoster.Core.Alerts;

/// <summary>What a delivery tells.</summary>
public enum AlertEvent { Opened, Resolved, Test }

public enum DeliveryStatus { Waiting, Delivered, GivenUp, CalledOff }

/// <summary>One alert's way to one target. Its row is there before anything is sent, so that no kill loses it; it may be sent twice, under the same id.</summary>
public sealed class AlertDelivery
{
    private AlertDelivery() { }

    public AlertDelivery(Alert? alert, AlertTarget target, AlertEvent about, DateTimeOffset now) : this(alert?.Id, target, about, now)
    {
    }

    public AlertDelivery(Guid? alertId, AlertTarget target, AlertEvent about, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        (AlertId, TargetId, TargetName, Event, CreatedAt, NextTryAt) = (alertId, target.Id, target.Name, about, now, now);
    }

    public Guid Id { get; private set; }

    /// <summary>Null for a test.</summary>
    public Guid? AlertId { get; private set; }

    /// <summary>Null once the target was removed.</summary>
    public Guid? TargetId { get; private set; }

    public string TargetName { get; private set; } = "";

    public AlertEvent Event { get; private set; }

    public DeliveryStatus Status { get; private set; }

    /// <summary>How often it was tried.</summary>
    public int Tries { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? NextTryAt { get; private set; }

    public DateTimeOffset? LastTryAt { get; private set; }

    public DateTimeOffset? DeliveredAt { get; private set; }

    /// <summary>Until when the process that tries it has it in hand.</summary>
    public DateTimeOffset? ClaimedUntil { get; private set; }

    /// <summary>Why the last try failed.</summary>
    public string? Error { get; private set; }

    public void Delivered(DateTimeOffset now) =>
        (Status, DeliveredAt, NextTryAt, ClaimedUntil, Error) = (DeliveryStatus.Delivered, now, null, null, null);

    /// <param name="next">Null to give up.</param>
    public void Failed(string error, DateTimeOffset? next)
    {
        (Error, NextTryAt, ClaimedUntil) = (error, next, null);
        Status = next is null ? DeliveryStatus.GivenUp : DeliveryStatus.Waiting;
    }

    /// <summary>Tried once more at once, be it that it was given up.</summary>
    public void Hurry(DateTimeOffset now) => (Status, NextTryAt, ClaimedUntil) = (DeliveryStatus.Waiting, now, null);

    public void CallOff(string why) => (Status, NextTryAt, ClaimedUntil, Error) = (DeliveryStatus.CalledOff, null, null, why);
}
