using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.CloudInit;

/// <summary>A guest's SSH identity, made once per machine.</summary>
public sealed class GuestHostKey(CommandRunner runner)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public async Task<(string Private, string Public)> EnsureAsync(string file, string comment, CancellationToken ct)
    {
        if (!File.Exists(file) || !File.Exists(file + ".pub"))
        {
            File.Delete(file);
            await runner.RunAsync(
                new Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file], Timeout), ct);
        }
        return (await File.ReadAllTextAsync(file, ct), (await File.ReadAllTextAsync(file + ".pub", ct)).Trim());
    }
}
