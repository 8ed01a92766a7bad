namespace WebHoster.Core.Accounts;

/// <summary>What a token may do, besides being its owner's: look, change hostings, or (an administrator's) administer.</summary>
public enum TokenScope { Read, Hosting, Admin }

/// <summary>A token that a person made for a script. The token itself is shown once and kept nowhere.</summary>
public sealed class ApiToken
{
    private ApiToken() { }

    /// <param name="hash">SHA-256 of the token: it has 256 random bits, so nothing slower is needed.</param>
    /// <param name="hint">Its first characters, by which a person knows it again.</param>
    public ApiToken(
        Guid ownerId, string name, IEnumerable<TokenScope> scopes, byte[] hash, string hint, DateTimeOffset now, DateTimeOffset? expiresAt)
    {
        Id = Guid.CreateVersion7(now);
        OwnerId = ownerId;
        Name = name;
        Scopes = [.. scopes.Distinct().Order()];
        Hash = hash;
        Hint = hint;
        CreatedAt = now;
        ExpiresAt = expiresAt;
    }

    public Guid Id { get; private set; }

    public Guid OwnerId { get; private set; }

    public string Name { get; private set; } = "";

    public TokenScope[] Scopes { get; private set; } = [];

    public byte[] Hash { get; private set; } = [];

    public string Hint { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Null where it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }
}
