namespace WebHoster.Core.Metrics;

/// <summary>What a machine used on average between two readings.</summary>
/// <param name="CpuPercent">0-100, of all its virtual CPUs.</param>
/// <param name="DiskRead">Bytes per second, as are the three that follow.</param>
public sealed record Usage(double CpuPercent, double DiskRead, double DiskWritten, double NetReceived, double NetSent)
{
    /// <summary>Over a longer time, such as that of a worker that stood still, an average hides more than it tells.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(2);

    /// <summary>Null where nothing can be said: the machine was started anew meanwhile, or the readings are too far apart.</summary>
    public static Usage? Between(MachineReading before, MachineReading now, TimeSpan elapsed)
    {
        if (elapsed <= TimeSpan.Zero || elapsed > LongestGap || now.Cpu < before.Cpu || now.DiskRead < before.DiskRead
            || now.DiskWritten < before.DiskWritten || now.NetReceived < before.NetReceived || now.NetSent < before.NetSent)
            return null;
        // QEMU's own threads count as well: more than everything is possible, and tells nobody anything.
        var cpu = Math.Min(100, 100 * (now.Cpu - before.Cpu) / elapsed / Math.Max(1, now.Vcpus));
        return new Usage(
            cpu, PerSecond(now.DiskRead - before.DiskRead), PerSecond(now.DiskWritten - before.DiskWritten),
            PerSecond(now.NetReceived - before.NetReceived), PerSecond(now.NetSent - before.NetSent));

        double PerSecond(long bytes) => bytes / elapsed.TotalSeconds;
    }
}
