using System.Net;

namespace WebHoster.Infrastructure.Data;

/// <summary>Who did what to what, from where, and how it ended. Written once, never changed.</summary>
public sealed class AuditEntry(DateTimeOffset at, Guid? actorId, string action, string subject, string outcome, IPAddress? address)
{
    public long Id { get; private set; }

    public DateTimeOffset At { get; private set; } = at;

    public Guid? ActorId { get; private set; } = actorId;

    /// <summary>Noun and verb, such as <c>hosting.create</c>.</summary>
    public string Action { get; private set; } = action;

    public string Subject { get; private set; } = subject;

    public string Outcome { get; private set; } = outcome;

    public IPAddress? Address { get; private set; } = address;
}
