using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.CloudInit;

/// <summary>Packs a seed into the volume <c>cidata</c> and keeps its sources beside it, so that "is it the same?" can be asked.</summary>
public sealed class SeedImage(CommandRunner runner)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static bool Matches(CloudInitSeed seed, string sourceFolder, string image) =>
        File.Exists(image) && Files(seed).All(f =>
            Path.Combine(sourceFolder, f.Name) is var path && File.Exists(path) && File.ReadAllText(path) == f.Text);

    public async Task WriteAsync(CloudInitSeed seed, string sourceFolder, string image, string? lockFile, CancellationToken ct)
    {
        if (Directory.Exists(sourceFolder))
            Directory.Delete(sourceFolder, recursive: true);
        Directory.CreateDirectory(sourceFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var (name, text) in Files(seed))
            await File.WriteAllTextAsync(Path.Combine(sourceFolder, name), text, ct);
        await runner.RunAsync(
            new Command(
                "genisoimage",
                ["-quiet", "-output", image, "-volid", "cidata", "-joliet", "-rock", sourceFolder],
                Timeout, lockFile),
            ct);
    }

    private static (string Name, string Text)[] Files(CloudInitSeed seed) =>
        [("user-data", seed.UserData), ("meta-data", seed.MetaData), ("network-config", seed.NetworkConfig)];
}
