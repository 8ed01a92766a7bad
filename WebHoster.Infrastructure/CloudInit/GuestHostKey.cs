using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.CloudInit;

/// <summary>A guest's SSH identity, made once per machine.</summary>
public sealed class GuestHostKey(CommandRunner runner)
{
    private const string LastLine = "-----END OPENSSH PRIVATE KEY-----";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>The key in <paramref name="file"/> and beside it; made where there is none, or half of one after a power cut.</summary>
    public async Task<(string Private, string Public)> EnsureAsync(string file, string comment, CancellationToken ct)
    {
        if (await ReadAsync(file, ct) is { } key)
            return key;
        File.Delete(file);
        await runner.RunAsync(new Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file], Timeout), ct);
        return await ReadAsync(file, ct) ?? throw new IOException($"ssh-keygen left no whole key in {file}.");
    }

    /// <summary>The public half of a private one.</summary>
    public Task<string> PublicHalfAsync(string file, CancellationToken ct) =>
        runner.RunAsync(new Command("ssh-keygen", ["-y", "-f", file], Timeout), ct);

    /// <summary>Null where there is none, or only half of one.</summary>
    public async Task<(string Private, string Public)?> ReadAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file) || !File.Exists(file + ".pub"))
            return null;
        var (secret, line) = (await File.ReadAllTextAsync(file, ct), (await File.ReadAllTextAsync(file + ".pub", ct)).Trim());
        return secret.TrimEnd().EndsWith(LastLine, StringComparison.Ordinal) && line.Length > 0 ? (secret, line) : null;
    }
}
