using WebHoster.Core.Hostings;

namespace WebHoster.Core.Accounts;

/// <summary>A key that may log in: to all of a person's machines, or to the one hosting that it came with.</summary>
public sealed class SshKey
{
    /// <summary>Of those that open all of a person's machines. So many of the longest still go into one command to a guest (128 KiB).</summary>
    public const int MaxPerPerson = 30;

    private SshKey() { }

    /// <param name="hostingId">The hosting that the key came with and goes with; null for all of the person's.</param>
    public SshKey(Guid ownerId, Guid? hostingId, string name, SshPublicKey key, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        OwnerId = ownerId;
        HostingId = hostingId;
        Name = name;
        Type = key.Type;
        Blob = key.Blob;
        Fingerprint = key.Fingerprint;
        CreatedAt = now;
    }

    public Guid Id { get; private set; }

    public Guid OwnerId { get; private set; }

    public Guid? HostingId { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>Such as <c>ssh-ed25519</c>.</summary>
    public string Type { get; private set; } = "";

    /// <summary>Base64.</summary>
    public string Blob { get; private set; } = "";

    /// <summary>As <c>ssh-keygen -l</c> shows it.</summary>
    public string Fingerprint { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The line of an <c>authorized_keys</c> file. The name stays out: it is a person's own text.</summary>
    public string Line => $"{Type} {Blob}";
}
