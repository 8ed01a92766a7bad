namespace WebHoster.Infrastructure.Idempotency;

/// <summary>A request that carries an <c>Idempotency-Key</c>, while it is handled.</summary>
/// <param name="hash">SHA-256 of method, path and body.</param>
/// <param name="locate">Where an entity is that the request makes; null for one that has no address.</param>
public sealed class IdempotentRequest(Guid ownerId, string key, byte[] hash, Func<object, string?> locate)
{
    private static readonly AsyncLocal<IdempotentRequest?> Ambient = new();

    /// <summary>The one in whose handling this code runs; null where there is none.</summary>
    public static IdempotentRequest? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    public Guid OwnerId { get; } = ownerId;

    public string Key { get; } = key;

    public byte[] Hash { get; } = hash;

    public Func<object, string?> Locate { get; } = locate;

    /// <summary>True once its record was written, be it in a transaction that goes on.</summary>
    public bool IsRecorded { get; internal set; }
}
