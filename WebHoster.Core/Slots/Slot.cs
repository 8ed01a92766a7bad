using WebHoster.Core.Errors;

namespace WebHoster.Core.Slots;

public enum SlotState
{
    /// <summary>A hosting owns it.</summary>
    Held,

    /// <summary>Given back; not reused before its rest is over, so that an old link or host key never meets a new owner.</summary>
    Resting,

    /// <summary>A foreign process holds its port.</summary>
    Unusable,
}

/// <summary>
/// The one scarce thing: its number fixes SSH port, address, MAC and uid together. A row exists for every slot that was
/// ever used; the lowest number without a row is the next fresh one.
/// </summary>
public sealed class Slot
{
    private Slot() { }

    public Slot(int number) => Number = number;

    public int Number { get; private set; }

    public SlotState State { get; private set; }

    public Guid? HostingId { get; private set; }

    public DateTimeOffset? ReleasedAt { get; private set; }

    internal void Hold(Guid hostingId)
    {
        if (HostingId is { } other && other != hostingId)
            throw new ConflictException($"Slot {Number} belongs to another hosting.");
        (State, HostingId, ReleasedAt) = (SlotState.Held, hostingId, null);
    }

    /// <summary>Called only after machine, disk and route are proven gone.</summary>
    public void Release(DateTimeOffset now) => (State, HostingId, ReleasedAt) = (SlotState.Resting, null, now);

    public void MarkUnusable(DateTimeOffset now) => (State, HostingId, ReleasedAt) = (SlotState.Unusable, null, now);
}
