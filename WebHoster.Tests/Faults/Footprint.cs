using System.Globalization;

namespace WebHoster.Tests.Faults;

/// <summary>What a worker and its surroundings take up while nothing is under way.</summary>
/// <param name="MemoryMb">Resident, MiB.</param>
/// <param name="Descriptors">The worker's open ones, without its connections to PostgreSQL.</param>
/// <param name="Files">Relative paths in the data directory.</param>
/// <param name="Rings">Quartz's triggers for single hostings, waiting or fired.</param>
internal sealed record Footprint(
    int MemoryMb, int Descriptors, int Threads, int Connections, int NginxWorkers, int NginxDescriptors, long Rings, IReadOnlyList<string> Files)
{
    private const int Samples = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The least of several looks: the worker's clock goes on ticking, and each tick borrows descriptors and threads.</summary>
    public static async Task<Footprint> LeastAsync(Func<Task<Footprint>> lookAsync)
    {
        var least = await lookAsync();
        for (var i = 1; i < Samples; i++)
        {
            await Task.Delay(Pause);
            var next = await lookAsync();
            least = new Footprint(
                Math.Min(least.MemoryMb, next.MemoryMb), Math.Min(least.Descriptors, next.Descriptors), Math.Min(least.Threads, next.Threads),
                Math.Min(least.Connections, next.Connections), Math.Min(least.NginxWorkers, next.NginxWorkers),
                Math.Min(least.NginxDescriptors, next.NginxDescriptors), Math.Min(least.Rings, next.Rings),
                [.. least.Files.Intersect(next.Files)]);
        }
        return least;
    }

    public static int ResidentMb(int pid) => Status(pid, "VmRSS:") / 1024;

    public static int ThreadsOf(int pid) => Status(pid, "Threads:");

    public static int DescriptorsOf(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    /// <summary>Also those that finish their last connections after a reload.</summary>
    public static int ChildrenOf(int pid) =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>nginx configurations that are kept: <c>nginx/INSTANCE/generations/NAME/…</c>.</summary>
    public int Generations => Files.Where(IsOfAGeneration).Select(f => string.Join('/', f.Split('/').Take(4))).Distinct().Count();

    public static bool IsOfAGeneration(string file) => file.Contains("/generations/", StringComparison.Ordinal);

    public override string ToString() =>
        $"worker: {MemoryMb} MiB resident, {Descriptors} descriptors, {Threads} threads, {Connections} connections; "
        + $"nginx: {NginxWorkers} workers, {NginxDescriptors} descriptors; Quartz: {Rings} rings; {Files.Count} files, {Generations} generations";

    private static int Status(int pid, string key) => int.Parse(
        File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(key, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
