using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Tests.Fixtures;

/// <summary>Good keys.</summary>
public static class TestKeys
{
    public static readonly SshKeyPair Pair = SshKeyPair.Create("test@example");

    public static readonly SshKeyPair OtherPair = SshKeyPair.Create("other@example");

    /// <summary>Such as a machine has.</summary>
    public const string HostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFSzyqIcZaS3tgJmEvvqWTF8pWPkXXHn8nEbPv5iGhJT";

    public static readonly string Public = Pair.PublicKey;

    /// <summary>A public key as <c>ssh-keygen</c> makes it, such as with <c>-t rsa -b 2048</c>.</summary>
    internal static async Task<string> MakeAsync(params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("webhoster-key-");
        try
        {
            var file = Path.Combine(folder.FullName, "key");
            (await Shell.RunAsync("ssh-keygen", ["-q", "-N", "", "-C", "made by a test", "-f", file, .. options])).Ok();
            return (await File.ReadAllTextAsync(file + ".pub")).Trim();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
