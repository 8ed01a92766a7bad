using System.Diagnostics;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Hostings;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Unit")]
public sealed class SshKeyTests
{
    private const string Blob = "AAAAC3NzaC1lZDI1NTE5AAAAIHKpVHPlfKOLkyOvTpKVoUmwfW5tMpnSnjBmBJ3LPYCb";
    private const string Key = "ssh-ed25519 " + Blob;

    [Fact]
    public void AMadeKeyPairIsOneThatOpenSshReads()
    {
        var pair = SshKeyPair.Create("bob@webhoster");
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, pair.PrivateKey);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using var keygen = Process.Start(new ProcessStartInfo("ssh-keygen", ["-y", "-P", "", "-f", file]) { RedirectStandardOutput = true })!;
            var derived = keygen.StandardOutput.ReadToEnd().Trim();
            Assert.Equal(pair.PublicKey, $"{derived} bob@webhoster");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void AMadePublicKeyParses() =>
        Assert.Equal("ecdsa-sha2-nistp256", SshPublicKey.Parse(SshKeyPair.Create("bob@webhoster").PublicKey).Type);

    [Fact]
    public void ACommentKeepsOnlyHarmlessCharacters() =>
        Assert.Equal($"{Key} bob@laptopx 1", SshPublicKey.Parse($"{Key}  bob@laptop\"$`x 1").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 AAAA")]
    [InlineData("ssh-ed25519 not-base-64!")]
    [InlineData("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIHKpVHPlfKOLkyOvTpKVoUmwfW5tMpnSnjBmBJ3LPYCb")]
    [InlineData("command=\"rm -rf /\" " + Key)]
    [InlineData("no-pty " + Key)]
    [InlineData("ssh-dss " + Blob)]
    [InlineData("ssh-ed25519 " + Blob + "AAAA")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHKpVHPlfKOLkyOvTpKVoUmwfW5tMpnSnjBmBJ3LPY")]
    [InlineData(Key + "\n" + Key)]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----")]
    public void WhatIsNotOnePublicKeyIsRefused(string text) =>
        Assert.NotEmpty(Assert.Throws<InvalidInputException>(() => SshPublicKey.Parse(text)).Errors["ssh_public_key"]);
}
