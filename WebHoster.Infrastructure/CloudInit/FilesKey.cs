using Microsoft.Extensions.Options;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.CloudInit;

/// <summary>The install's own SSH key, by which the portal reaches files in guests: SFTP and nothing else, from the host and nowhere else.</summary>
public sealed class FilesKey(GuestHostKey keys, SlotPlan plan, IOptions<InstallSettings> install)
{
    private readonly SemaphoreSlim _making = new(1);
    private string? _line;

    /// <summary>The private half.</summary>
    public string Path => System.IO.Path.Combine(install.Value.Secrets, "files.key");

    /// <summary>The public half, as a line of <c>authorized_keys</c>; made where there is none. Several workers may ask at once.</summary>
    public async Task<string> LineAsync(CancellationToken ct)
    {
        if (_line is { } known)
            return known;
        await _making.WaitAsync(ct);
        try
        {
            if (!File.Exists(Path))
                await MakeAsync(ct);
            return _line = $"restrict,from=\"{plan.Gateway}\",command=\"internal-sftp\" {(await PublicHalfAsync(ct)).Trim()}";
        }
        finally
        {
            _making.Release();
        }
    }

    private Task<string> PublicHalfAsync(CancellationToken ct) =>
        File.Exists($"{Path}.pub") ? File.ReadAllTextAsync($"{Path}.pub", ct) : keys.PublicHalfAsync(Path, ct);

    // Made beside and given its name whole, by one maker only: machines know this key for as long as they live.
    private async Task MakeAsync(CancellationToken ct)
    {
        var folder = install.Value.Secrets;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var made = $"{Path}.{Guid.NewGuid():n}";
        try
        {
            await keys.EnsureAsync(made, $"{install.Value.Name} files", ct);
            FolderSync.Sync(made);
            FolderSync.Sync($"{made}.pub");
            File.Move(made, Path);
            File.Move($"{made}.pub", $"{Path}.pub", overwrite: true);
            FolderSync.Sync(folder);
        }
        catch (IOException) when (File.Exists(Path))
        {
            // Another worker was first.
        }
        finally
        {
            File.Delete(made);
            File.Delete($"{made}.pub");
        }
    }
}
