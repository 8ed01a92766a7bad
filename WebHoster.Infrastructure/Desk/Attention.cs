namespace WebHoster.Infrastructure.Desk;

/// <summary>Why an administrator should look.</summary>
public enum AttentionKind
{
    /// <summary>No worker has checked in lately: nothing that is asked for gets done.</summary>
    NoWorker,

    DiskNearlyFull,

    /// <summary>Hostings were promised more memory than the host has.</summary>
    MemoryOverbooked,

    SlotsNearlyOut,

    OperationFailed,

    /// <summary>An operation has been under way for longer than any should.</summary>
    OperationSlow,

    HostingFailed,

    HostingUnhealthy,

    /// <summary>A disabled person's machine runs.</summary>
    DisabledPersonsHosting,

    SlotUnusable,
}

/// <summary>One thing to look at.</summary>
/// <param name="Subject">Whose name people know it by: a slug, a port; empty for the host itself.</param>
/// <param name="Detail">What was said about it; null where the kind says it all.</param>
public sealed record AttentionItem(string Subject, string? Detail, DateTimeOffset? At, Guid? HostingId);

/// <summary>All of a kind.</summary>
/// <param name="Items">The newest of them, few.</param>
public sealed record Attention(AttentionKind Kind, int Count, IReadOnlyList<AttentionItem> Items);
