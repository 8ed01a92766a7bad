namespace WebHoster.Infrastructure.Realtime;

/// <summary>Something that people watch has changed in PostgreSQL. It says where to look, never what is there.</summary>
/// <param name="Kind"><c>hosting</c>, <c>operation</c>, or <c>resync</c> after a lost connection: look at everything again.</param>
/// <param name="HostingId">Empty for <c>resync</c>.</param>
/// <param name="OwnerId">Empty for <c>resync</c>.</param>
public sealed record Change(string Kind, Guid HostingId, Guid OwnerId, Guid? OperationId)
{
    public static readonly Change Resync = new("resync", Guid.Empty, Guid.Empty, null);

    /// <summary>True where a person who owns <paramref name="ownerId"/>'s things should look again.</summary>
    public bool Concerns(Guid ownerId) => this == Resync || OwnerId == ownerId;
}
