using System.Text.Json;
using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>The one place that spells qemu-img's flags.</summary>
public sealed class QemuImg(CommandRunner runner)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Makes an overlay; both formats are named, for a probed format can be forged by what is in the image.</summary>
    /// <param name="gib">Virtual size in GiB.</param>
    public Task CreateOverlayAsync(string file, string backingFile, int gib, string? lockFile, CancellationToken ct) =>
        runner.RunAsync(
            new Command("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", backingFile, file, $"{gib}G"], Timeout, lockFile),
            ct);

    /// <summary>The backing file's absolute path; null where the file is no overlay that can be read.</summary>
    public async Task<string?> BackingFileAsync(string overlay, CancellationToken ct)
    {
        // -U: the guest may be running and hold the image's lock.
        var result = await runner.TryAsync(new Command("qemu-img", ["info", "-U", "--output=json", "-f", "qcow2", overlay], Timeout), ct);
        if (!result.Ok)
            return null;
        using var json = JsonDocument.Parse(result.Output);
        return json.RootElement.TryGetProperty("full-backing-filename", out var name) ? name.GetString() : null;
    }
}
