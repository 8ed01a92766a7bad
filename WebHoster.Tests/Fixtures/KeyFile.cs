using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Tests.Fixtures;

/// <summary>A key pair whose private half is in a file, as <c>ssh -i</c> wants it, until it is disposed.</summary>
internal sealed class KeyFile : IDisposable
{
    public KeyFile(SshKeyPair pair)
    {
        PublicKey = pair.PublicKey;
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Path, pair.PrivateKey);
    }

    public KeyFile(string comment) : this(SshKeyPair.Create(comment)) { }

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public string PublicKey { get; }

    public void Dispose() => File.Delete(Path);
}
