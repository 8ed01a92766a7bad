using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>What /proc knows of sockets and processes: truer than any file that we wrote ourselves.</summary>
internal static class KernelSockets
{
    /// <summary>TCP ports on which <paramref name="pid"/> listens.</summary>
    public static HashSet<int> ListeningPorts(int pid)
    {
        const string Listening = "0A";
        var inodes = SocketInodes(pid);
        return [.. TcpSockets().Where(s => s.State == Listening && inodes.Contains(s.Inode)).Select(s => s.Port)];
    }

    /// <summary>Name and id of a process that has <paramref name="port"/>, as <c>nc (process 7)</c>; null where none is found.</summary>
    public static string? OwnerOf(int port)
    {
        var inodes = TcpSockets().Where(s => s.Port == port && s.Inode != "0").Select(s => s.Inode).ToHashSet();
        return inodes.Count == 0 ? null
            : AllProcesses().Where(pid => SocketInodes(pid).Overlaps(inodes))
                .Select(pid => $"{ReadOrEmpty($"/proc/{pid}/comm").Trim()} (process {pid})").FirstOrDefault();
    }

    /// <summary>Processes that hold the UNIX socket at <paramref name="path"/>.</summary>
    public static IReadOnlyList<int> HoldersOf(string path)
    {
        var inodes = File.ReadLines("/proc/net/unix").Skip(1)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(c => c.Length > 7 && c[7] == path).Select(c => c[6]).ToHashSet();
        if (inodes.Count == 0)
            return [];
        return [.. AllProcesses().Where(pid => SocketInodes(pid).Overlaps(inodes))];
    }

    /// <summary>Workers of the nginx master <paramref name="pid"/> that still take new connections.</summary>
    public static IReadOnlyList<int> AcceptingWorkers(int pid)
    {
        var children = ReadOrEmpty($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. children.Select(c => int.Parse(c, CultureInfo.InvariantCulture)).Where(c =>
            ReadOrEmpty($"/proc/{c}/cmdline") is var title
            && title.Contains("worker process", StringComparison.Ordinal)
            && !title.Contains("shutting down", StringComparison.Ordinal))];
    }

    /// <summary>
    /// False where another process listens on <paramref name="port"/>, on that address or on all. Only binds: had it listened, an
    /// nginx that takes the port at this very moment would be refused.
    /// </summary>
    public static bool CanListen(IPAddress address, int port)
    {
        const int SolSocket = 1, SoReuseAddr = 2;
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // As nginx does, so that connections in TIME_WAIT do not count. .NET's own option would also set SO_REUSEPORT.
        socket.SetRawSocketOption(SolSocket, SoReuseAddr, BitConverter.GetBytes(1));
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = false;
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static IEnumerable<int> AllProcesses() => Directory.GetDirectories("/proc").Select(Path.GetFileName)
        .Where(n => int.TryParse(n, out _)).Select(n => int.Parse(n!, CultureInfo.InvariantCulture));

    private static IEnumerable<(int Port, string State, string Inode)> TcpSockets() =>
        new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists)
            .SelectMany(f => File.ReadLines(f).Skip(1))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(c => (int.Parse(c[1][(c[1].LastIndexOf(':') + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture), c[3], c[9]));

    private static HashSet<string> SocketInodes(int pid)
    {
        const string Prefix = "socket:[";
        try
        {
            return [.. Directory.GetFiles($"/proc/{pid}/fd")
                .Select(f => new FileInfo(f).LinkTarget ?? "")
                .Where(t => t.StartsWith(Prefix, StringComparison.Ordinal)).Select(t => t[Prefix.Length..^1])];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
