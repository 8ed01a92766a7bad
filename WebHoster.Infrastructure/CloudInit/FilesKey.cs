using Microsoft.Extensions.Options;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.CloudInit;

/// <summary>The install's own SSH key, by which the portal reaches files in guests: SFTP and nothing else, from the host and nowhere else.</summary>
public sealed class FilesKey(GuestHostKey keys, SlotPlan plan, IOptions<InstallSettings> install)
{
    private readonly SemaphoreSlim _making = new(1);
    private string? _line;

    /// <summary>The private half.</summary>
    public string Path => System.IO.Path.Combine(install.Value.Secrets, "files.key");

    /// <summary>The public half, as a line of <c>authorized_keys</c>; made where there is none.</summary>
    public async Task<string> LineAsync(CancellationToken ct)
    {
        if (_line is { } known)
            return known;
        await _making.WaitAsync(ct);
        try
        {
            Directory.CreateDirectory(install.Value.Secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var (_, publicKey) = await keys.EnsureAsync(Path, $"{install.Value.Name} files", ct);
            return _line = $"restrict,from=\"{plan.Gateway}\",command=\"internal-sftp\" {publicKey}";
        }
        finally
        {
            _making.Release();
        }
    }
}
