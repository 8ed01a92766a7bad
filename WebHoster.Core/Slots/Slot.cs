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

    /// <summary>When its last hosting gave it back; null where none has.</summary>
    public DateTimeOffset? ReleasedAt { get; private set; }

    internal void Hold(Guid hostingId)
    {
        if (HostingId is { } other && other != hostingId)
            throw new ConflictException($"Slot {Number} belongs to another hosting.");
        (State, HostingId, ReleasedAt) = (SlotState.Held, hostingId, null);
    }

    /// <summary>Called only after machine, disk and route are proven gone.</summary>
    public void Release(DateTimeOffset now) => (State, HostingId, ReleasedAt) = (SlotState.Resting, null, now);

    /// <summary>A foreign process holds its port. Its rest goes on meanwhile.</summary>
    /// <exception cref="ConflictException">A hosting holds it.</exception>
    public void MarkUnusable()
    {
        if (State == SlotState.Held && HostingId is not null)
            throw new ConflictException($"Slot {Number} belongs to a hosting.");
        State = SlotState.Unusable;
    }

    /// <summary>Its port is free again. False where no hosting ever had it: as a fresh slot, it needs no row.</summary>
    public bool MarkUsable()
    {
        State = SlotState.Resting;
        return ReleasedAt is not null;
    }
}
