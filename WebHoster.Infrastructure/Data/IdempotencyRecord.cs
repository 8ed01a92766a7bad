namespace WebHoster.Infrastructure.Data;

/// <summary>The answer to a request that carried an <c>Idempotency-Key</c>. Written in the transaction of what was asked for.</summary>
/// <param name="requestHash">SHA-256 of method, path and body: the same key with another request is refused.</param>
public sealed class IdempotencyRecord(Guid ownerId, string key, byte[] requestHash, DateTimeOffset createdAt)
{
    public const int MaxKeyLength = 255;

    public Guid OwnerId { get; private set; } = ownerId;

    public string Key { get; private set; } = key;

    public byte[] RequestHash { get; private set; } = requestHash;

    public DateTimeOffset CreatedAt { get; private set; } = createdAt;

    /// <summary>Status, location and body of the answer, its secrets null; null until the answer was made.</summary>
    public int? Status { get; set; }

    public string? Location { get; set; }

    public string? Body { get; set; }
}
