namespace WebHoster.Infrastructure.Data;

/// <summary>
/// The one row that says which install this database belongs to. The same id is in the data directory and in every
/// domain's metadata: where they differ, nothing is swept.
/// </summary>
public sealed class Install(Guid id, DateTimeOffset createdAt)
{
    public Guid Id { get; private set; } = id;

    public DateTimeOffset CreatedAt { get; private set; } = createdAt;
}
