using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// One writer at a time, in this process (first come, first served) and on this host. The file is flock'ed: the kernel lets go
/// of it when its holder dies.
/// </summary>
internal sealed class WriterLock(string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim gate = new(1, 1);

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
        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50, ct))
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (File.Exists(path))
            {
                if (DateTime.UtcNow > deadline)
                    throw new HostException("Another process has been changing nginx's configuration for two minutes.", path, e);
            }
        }
    }

    private sealed class Held(SemaphoreSlim gate, FileStream file) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            gate.Release();
        }
    }
}
