using System.Runtime.InteropServices;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>A process, told apart from a later one with the same id.</summary>
/// <param name="Started">Clock ticks after the host's start.</param>
internal sealed record ProcessSighting(int Pid, string Started, bool Stopped);

/// <summary>What /proc knows of a file's flock.</summary>
internal static class LockHolders
{
    /// <summary>Processes that hold the lock, or have inherited it.</summary>
    public static IReadOnlyList<ProcessSighting> Of(string path)
    {
        if (RealPath(path, 0) is not { } real)
            return [];
        return [.. KernelSockets.AllProcesses().Where(pid => Holds(pid, real)).Select(Sight).OfType<ProcessSighting>()];
    }

    private static bool Holds(int pid, string path)
    {
        try
        {
            return Directory.GetFiles($"/proc/{pid}/fd").Any(fd => new FileInfo(fd).LinkTarget == path
                && File.ReadAllText($"/proc/{pid}/fdinfo/{Path.GetFileName(fd)}").Contains("FLOCK", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static ProcessSighting? Sight(int pid)
    {
        try
        {
            // The name stands in parentheses and may have any character; what follows has none.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessSighting(pid, fields[19], fields[0] == "T");
        }
        catch (IOException)
        {
            return null;
        }
    }

    // /proc names files without symbolic links, and .NET cannot open this one to ask: it would want the lock.
    [DllImport("libc", EntryPoint = "realpath")]
    [return: MarshalAs(UnmanagedType.LPUTF8Str)]
    private static extern string? RealPath([MarshalAs(UnmanagedType.LPUTF8Str)] string path, nint buffer);
}
