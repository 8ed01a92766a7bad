namespace WebHoster.Infrastructure.Acting;

/// <summary>A time in which an administrator sees and does what a customer would, by name and for half an hour at most.</summary>
public sealed class ActingSession(Guid id, Guid adminId, Guid customerId, DateTimeOffset startedAt, DateTimeOffset endsAt)
{
    public Guid Id { get; private set; } = id;

    public Guid AdminId { get; private set; } = adminId;

    public Guid CustomerId { get; private set; } = customerId;

    public DateTimeOffset StartedAt { get; private set; } = startedAt;

    /// <summary>By itself.</summary>
    public DateTimeOffset EndsAt { get; private set; } = endsAt;

    /// <summary>By hand or by itself; null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
