namespace WebHoster.Infrastructure.Realtime;

/// <summary>Something that people watch has changed in PostgreSQL. It says where to look, never what is there.</summary>
/// <param name="Kind"><c>hosting</c>, <c>operation</c>, <c>account</c> (a person, their SSH keys, API tokens or choice of plan), <c>plan</c> (what plans allow), <c>acting</c> (an administrator for somebody), <c>settings</c>, <c>announcements</c>, <c>job</c>, <c>worker</c>, <c>drift</c> and <c>alert</c> (what administrators see of them), <c>metrics</c> (of all machines, at once), or <c>resync</c> after a lost connection: look at everything again.</param>
/// <param name="HostingId">Empty where it is not about one hosting.</param>
/// <param name="OwnerId">Empty where it is nobody's in particular.</param>
public sealed record Change(string Kind, Guid HostingId, Guid OwnerId, Guid? OperationId)
{
    public static readonly Change Resync = new("resync", Guid.Empty, Guid.Empty, null);

    /// <summary>True where figures of machines have come: rarely news for who looks at something else.</summary>
    public bool IsMetrics => Kind == "metrics";

    /// <summary>True where it is about a hosting or an operation.</summary>
    public bool IsOfHosting => Kind is "hosting" or "operation";

    /// <summary>True where a person who owns <paramref name="ownerId"/>'s things should look again.</summary>
    public bool Concerns(Guid ownerId) => this == Resync || OwnerId == ownerId || Kind == "plan";
}
