using System.Diagnostics;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// One writer at a time, in this process (first come, first served) and on this host. The file is flock'ed: the kernel lets go
/// of it when its holder dies, and a holder that stands still for longer than a lease is ended.
/// </summary>
internal sealed class WriterLock(string path, TimeSpan lease, TimeSpan patience, ILogger logger)
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly FrozenHolder frozen = new(path, lease, logger);

    /// <exception cref="HostBusyException">Another process did not let go in time.</exception>
    public async Task<IDisposable> TakeAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new Held(gate, await TakeFileAsync(ct));
        }
        catch
        {
            gate.Release();
            throw;
        }
    }

    private async Task<FileStream> TakeFileAsync(CancellationToken ct)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50, ct))
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (File.Exists(path))
            {
                frozen.Look();
                if (watch.Elapsed > patience)
                    throw new HostBusyException("nginx's configuration is being changed by another process.", HeldBy(), e);
            }
        }
    }

    private string HeldBy() => $"{path} is held by process {string.Join(", ", LockHolders.Of(path).Select(p => p.Pid))}";

    private sealed class Held(SemaphoreSlim gate, FileStream file) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            gate.Release();
        }
    }
}
