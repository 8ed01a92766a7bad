using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// Ends whoever holds a lock and has been stopped (SIGSTOP) for longer than a lease: the kernel lets go of a lock only when its
/// holder dies, and a worker may be killed anywhere (docs/decisions/0009).
/// </summary>
internal sealed class FrozenHolder(string path, TimeSpan lease, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>After such a gap, what was seen before proves nothing: it may have run meanwhile.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(int Pid, string Started), long> stoppedSince = [];
    private long looked;

    /// <summary>To be called again and again while one waits.</summary>
    public void Look()
    {
        var gap = Stopwatch.GetElapsedTime(looked);
        if (gap < Pause)
            return;
        if (gap > LongestGap)
            stoppedSince.Clear();
        looked = Stopwatch.GetTimestamp();

        var stopped = LockHolders.Of(path).Where(p => p.Stopped).Select(p => (p.Pid, p.Started)).ToHashSet();
        foreach (var other in stoppedSince.Keys.Where(k => !stopped.Contains(k)).ToList())
            stoppedSince.Remove(other);
        foreach (var process in stopped)
        {
            stoppedSince.TryAdd(process, looked);
            if (Stopwatch.GetElapsedTime(stoppedSince[process]) > lease)
                End(process.Pid);
        }
    }

    private void End(int pid)
    {
        logger.LogWarning("Process {Pid} holds {Lock} and has been stopped for more than {Seconds} s; it is ended", pid, path, lease.TotalSeconds);
        try
        {
            Process.GetProcessById(pid).Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            logger.LogWarning("Process {Pid} could not be ended: {Reason}", pid, e.Message);
        }
    }
}
