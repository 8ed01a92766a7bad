using System.Net;

namespace WebHoster.Infrastructure.Data;

/// <summary>Who did what to what, from where, and how it ended. Written once: PostgreSQL refuses to change or remove it.</summary>
/// <param name="actorId">Null for the engine, and for strangers.</param>
public sealed class AuditEntry(DateTimeOffset at, Guid? actorId, string action, string subject, string outcome, IPAddress? address)
{
    public long Id { get; private set; }

    public DateTimeOffset At { get; private set; } = at;

    public Guid? ActorId { get; private set; } = actorId;

    /// <summary>Their username then; PostgreSQL looks it up where it is not given.</summary>
    public string? ActorName { get; init; }

    /// <summary>Noun and verb, such as <c>hosting.create</c>.</summary>
    public string Action { get; private set; } = action;

    public string Subject { get; private set; } = subject;

    public string Outcome { get; private set; } = outcome;

    public IPAddress? Address { get; private set; } = address;
}
