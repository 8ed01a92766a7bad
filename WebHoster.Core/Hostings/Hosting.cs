using WebHoster.Core.Errors;
using WebHoster.Core.Slots;

namespace WebHoster.Core.Hostings;

/// <summary>What a customer has: a slug, a machine, a route and an SSH port. One row owns everything on the host.</summary>
public sealed class Hosting
{
    private readonly List<HostingTransition> _history = [];

    private Hosting() { }

    public Hosting(Guid id, Guid ownerId, int ordinal, string slug, Slot slot, MachineSize size, DateTimeOffset now)
    {
        Id = id;
        OwnerId = ownerId;
        Ordinal = ordinal;
        Slug = slug;
        SlotNumber = slot.Number;
        MachineId = id;
        MemoryMb = size.MemoryMb;
        Vcpus = size.Vcpus;
        DiskGb = size.DiskGb;
        CreatedAt = now;
        slot.Hold(id);
    }

    public Guid Id { get; private set; }

    public Guid OwnerId { get; private set; }

    /// <summary>1 for the owner's first hosting, and no two alike: so the index on it holds a person to their plan.</summary>
    public int Ordinal { get; private set; }

    public string Slug { get; private set; } = "";

    public int SlotNumber { get; private set; }

    /// <summary>The libvirt domain's UUID; domain name, folder and metadata derive from it.</summary>
    public Guid MachineId { get; private set; }

    /// <summary>1 at creation; every rebuild adds one.</summary>
    public int Generation { get; private set; } = 1;

    public int MemoryMb { get; private set; }

    public int Vcpus { get; private set; }

    public int DiskGb { get; private set; }

    /// <summary>Rises whenever PostgreSQL sees a key of this hosting come or go.</summary>
    public int KeysWanted { get; private set; }

    /// <summary>The value of <see cref="KeysWanted"/> whose keys the machine has.</summary>
    public int KeysApplied { get; set; }

    /// <summary>True while keys have come or gone that the machine does not know of: it is told as soon as it runs and listens.</summary>
    public bool KeysPending => KeysApplied != KeysWanted;

    /// <summary>The machine's SSH identity as an OpenSSH public key; null until its first settings are written.</summary>
    public string? HostKey { get; set; }

    public DesiredState Desired { get; private set; } = DesiredState.Running;

    public HostingStatus Status { get; private set; } = HostingStatus.Creating;

    public HostingHealth Health { get; set; } = HostingHealth.Unknown;

    /// <summary>Since when its machine runs and does not answer as it should; null while it does, or nobody knows.</summary>
    public DateTimeOffset? UnwellSince { get; private set; }

    public RouteTarget Route { get; set; } = RouteTarget.StatePage;

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Rises with every claim; a worker's writes carry the value it claimed, so a late one changes nothing.</summary>
    public long LeaseEpoch { get; private set; }

    public string? LeaseHolder { get; private set; }

    public DateTimeOffset? LeaseExpiresAt { get; private set; }

    /// <summary>Consecutive failed tries of the engine, and the time before which it does not try again.</summary>
    public int Attempts { get; private set; }

    public DateTimeOffset? NextAttemptAt { get; private set; }

    public IReadOnlyList<HostingTransition> History => _history;

    /// <summary>The one door through which a status changes.</summary>
    /// <exception cref="ConflictException">The lifecycle forbids the move.</exception>
    public void Move(HostingTrigger trigger, DateTimeOffset now)
    {
        var next = HostingLifecycle.Next(Status, trigger)
            ?? throw new ConflictException($"The hosting is {Status.Word()}; it cannot {trigger.Word()} now.");
        if (next != Status)
            _history.Add(new HostingTransition(Id, Status, next, trigger, now));

        Status = next;
        Desired = trigger switch
        {
            HostingTrigger.Delete => DesiredState.Absent,
            HostingTrigger.Stop or HostingTrigger.MachineStopped => DesiredState.Stopped,
            HostingTrigger.Broke => Desired,
            _ => DesiredState.Running,
        };
        if (trigger == HostingTrigger.Rebuild)
            Generation++;
        if (next is not HostingStatus.Running)
            (Health, UnwellSince) = (HostingHealth.Unknown, null);
    }

    /// <summary>Mends a slot's row that lost sight of its hosting.</summary>
    /// <exception cref="ConflictException">Another hosting holds it.</exception>
    public void HoldAgain(Slot slot) => slot.Hold(Id);

    /// <summary>The engine could not get on; it tries again after <paramref name="delay"/>.</summary>
    public void PutOff(DateTimeOffset now, TimeSpan delay)
    {
        Attempts++;
        NextAttemptAt = now + delay;
    }

    /// <summary>Nothing waits any more; the attempts still count against a machine that keeps crashing.</summary>
    public void Settle() => NextAttemptAt = null;

    /// <summary>A person asked: everything before is forgiven.</summary>
    public void ClearAttempts()
    {
        Attempts = 0;
        NextAttemptAt = null;
    }
}

/// <summary>Size of a machine: MiB of memory, virtual CPUs, GiB of disk.</summary>
public sealed record MachineSize(int MemoryMb, int Vcpus, int DiskGb);

/// <summary>One change of status, kept while the hosting lives.</summary>
public sealed class HostingTransition(Guid hostingId, HostingStatus from, HostingStatus to, HostingTrigger trigger, DateTimeOffset at)
{
    public long Id { get; private set; }

    public Guid HostingId { get; private set; } = hostingId;

    public HostingStatus From { get; private set; } = from;

    public HostingStatus To { get; private set; } = to;

    public HostingTrigger Trigger { get; private set; } = trigger;

    public DateTimeOffset At { get; private set; } = at;
}
