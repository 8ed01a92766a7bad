namespace WebHoster.Infrastructure.Metrics;

/// <summary>
/// A place in the ring of one hosting's figures. Its row is written anew when its time comes round: there are never more rows, and none
/// of the indexed columns ever changes, so that PostgreSQL puts the new version onto the same page and leaves the index alone.
/// </summary>
public sealed class MetricPoint
{
    public Guid HostingId { get; private set; }

    /// <summary>Seconds that the place stands for: one of <see cref="Core.Metrics.MetricGrain"/>'s.</summary>
    public int Grain { get; private set; }

    public short Place { get; private set; }

    /// <summary>Where the time that the figures stand for begins.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>0-100, of all virtual CPUs.</summary>
    public float CpuPercent { get; private set; }

    /// <summary>Bytes, by the guest's own account.</summary>
    public long? GuestMemoryUsed { get; private set; }

    /// <summary>Bytes, by the guest's own account.</summary>
    public long? GuestMemoryTotal { get; private set; }

    /// <summary>Bytes of the host's disk.</summary>
    public long? DiskUsed { get; private set; }

    /// <summary>Bytes per second, as are those that follow.</summary>
    public float DiskRead { get; private set; }

    public float DiskWritten { get; private set; }

    public float NetReceived { get; private set; }

    public float NetSent { get; private set; }
}
