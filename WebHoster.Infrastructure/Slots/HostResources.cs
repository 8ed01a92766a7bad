using System.Globalization;

namespace WebHoster.Infrastructure.Slots;

/// <summary>What the host of this process has; null where that cannot be found out.</summary>
/// <param name="MemoryFreeMb">MiB that programs could still get.</param>
/// <param name="CpuLoad">How many processes wanted a CPU, on average of the last minute.</param>
/// <param name="DiskGb">GiB of the file system that the data directory is on.</param>
public sealed record HostResources(long? MemoryMb, long? MemoryFreeMb, int Cpus, double? CpuLoad, long? DiskGb, long? DiskFreeGb)
{
    private const string MemInfo = "/proc/meminfo";
    private const string LoadAverage = "/proc/loadavg";

    public static HostResources Read(string dataPath)
    {
        var memory = File.Exists(MemInfo) ? File.ReadAllLines(MemInfo) : [];
        var disk = Directory.Exists(dataPath) ? new DriveInfo(dataPath) : null;
        return new HostResources(
            Mebibytes(memory, "MemTotal:"), Mebibytes(memory, "MemAvailable:"), Environment.ProcessorCount, Load(), disk?.TotalSize >> 30, disk?.AvailableFreeSpace >> 30);
    }

    // Such as "0.52 0.58 0.59 3/602 29417".
    private static double? Load() => File.Exists(LoadAverage)
        && double.TryParse(File.ReadAllText(LoadAverage).Split(' ')[0], CultureInfo.InvariantCulture, out var load) ? load : null;

    // Such as "MemTotal:       16384000 kB".
    private static long? Mebibytes(string[] lines, string name) =>
        lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var size, ..]
        && long.TryParse(size, out var kibibytes) ? kibibytes >> 10 : null;
}
