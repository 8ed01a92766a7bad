namespace WebHoster.Infrastructure.Slots;

/// <summary>What the host of this process has; null where that cannot be found out.</summary>
/// <param name="MemoryFreeMb">MiB that programs could still get.</param>
/// <param name="DiskGb">GiB of the file system that the data directory is on.</param>
public sealed record HostResources(long? MemoryMb, long? MemoryFreeMb, int Cpus, long? DiskGb, long? DiskFreeGb)
{
    private const string MemInfo = "/proc/meminfo";

    public static HostResources Read(string dataPath)
    {
        var memory = File.Exists(MemInfo) ? File.ReadAllLines(MemInfo) : [];
        var disk = Directory.Exists(dataPath) ? new DriveInfo(dataPath) : null;
        return new HostResources(
            Mebibytes(memory, "MemTotal:"), Mebibytes(memory, "MemAvailable:"), Environment.ProcessorCount, disk?.TotalSize >> 30, disk?.AvailableFreeSpace >> 30);
    }

    // Such as "MemTotal:       16384000 kB".
    private static long? Mebibytes(string[] lines, string name) =>
        lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var size, ..]
        && long.TryParse(size, out var kibibytes) ? kibibytes >> 10 : null;
}
