using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Hostings;

/// <summary>The inside of a key. What has the right shape is accepted by sshd; nothing else may look as if it were.</summary>
[Trait("Category", "Unit")]
public sealed class SshKeyBlobTests
{
    private static readonly byte[] Point = [4, .. new byte[64]];
    private static readonly byte[] Application = "ssh:"u8.ToArray();
    private static readonly byte[] Exponent = [1, 0, 1];

    [Theory]
    [InlineData("ssh-ed25519", "-t", "ed25519")]
    [InlineData("ssh-rsa", "-t", "rsa", "-b", "2048")]
    [InlineData("ecdsa-sha2-nistp256", "-t", "ecdsa", "-b", "256")]
    [InlineData("ecdsa-sha2-nistp384", "-t", "ecdsa", "-b", "384")]
    [InlineData("ecdsa-sha2-nistp521", "-t", "ecdsa", "-b", "521")]
    public async Task WhatSshKeygenMakesIsAccepted(string type, params string[] options)
    {
        var line = await TestKeys.MakeAsync(options);

        var key = SshPublicKey.Parse(line);

        Assert.Equal((type, line), (key.Type, key.ToString()));
    }

    [Fact]
    public void KeysOfSecurityKeysAreAccepted()
    {
        Accept("sk-ssh-ed25519@openssh.com", new byte[32], Application);
        Accept("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256"u8.ToArray(), Point, Application);
    }

    [Fact]
    public async Task AKeyWithAnythingLeftOverOrMissingIsRefused()
    {
        foreach (var line in new[] { await TestKeys.MakeAsync("-t", "ed25519"), await TestKeys.MakeAsync("-t", "rsa", "-b", "2048"), TestKeys.Public })
        {
            var (type, bytes) = (line.Split(' ')[0], Convert.FromBase64String(line.Split(' ')[1]));
            Refuse(type, [.. bytes, 0]);
            Refuse(type, [.. bytes, 0, 0, 0, 0]);
            Refuse(type, bytes[..^1]);
            Refuse(type, bytes[..8]);
            Refuse(type, []);
        }
    }

    [Fact]
    public void NumbersAndPointsOfTheWrongSizeAreRefused()
    {
        Refuse("ssh-ed25519", Blob("ssh-ed25519", new byte[31]));
        Refuse("ssh-ed25519", Blob("ssh-ed25519", new byte[33]));
        Refuse("sk-ssh-ed25519@openssh.com", Blob("sk-ssh-ed25519@openssh.com", new byte[32]));
        Refuse("sk-ssh-ed25519@openssh.com", Blob("sk-ssh-ed25519@openssh.com", new byte[32], []));
        Refuse("ecdsa-sha2-nistp256", Blob("ecdsa-sha2-nistp256", "nistp384"u8.ToArray(), Point));
        Refuse("ecdsa-sha2-nistp256", Blob("ecdsa-sha2-nistp256", "nistp256"u8.ToArray(), Point[..^1]));
        Refuse("ecdsa-sha2-nistp256", Blob("ecdsa-sha2-nistp256", "nistp256"u8.ToArray(), [2, .. new byte[64]]));
        Refuse("ecdsa-sha2-nistp384", Blob("ecdsa-sha2-nistp384", "nistp384"u8.ToArray(), Point));
    }

    [Fact]
    public void AnRsaKeyHasAnOddModulusOf2048To16384Bits()
    {
        Accept("ssh-rsa", Exponent, Modulus(2048));
        Accept("ssh-rsa", Exponent, Modulus(16_384));
        foreach (var bits in new[] { 1024, 2040, 16_392 })
            Assert.Contains("An RSA key has 2048 to 16384 bits.", Refuse("ssh-rsa", Blob("ssh-rsa", Exponent, Modulus(bits))));
        var even = Modulus(2048);
        even[^1] = 0;
        Refuse("ssh-rsa", Blob("ssh-rsa", Exponent, even));
        Refuse("ssh-rsa", Blob("ssh-rsa", Exponent, Modulus(2048)[1..]));
        Refuse("ssh-rsa", Blob("ssh-rsa", Exponent, [0, .. Modulus(2048)]));
        Refuse("ssh-rsa", Blob("ssh-rsa", [1], Modulus(2048)));
        Refuse("ssh-rsa", Blob("ssh-rsa", [], Modulus(2048)));
        Refuse("ssh-rsa", Blob("ssh-rsa", [1, .. new byte[8], 1], Modulus(2048)));
    }

    [Fact]
    public void OnlyTheOneRightSpellingOfTheBase64IsAccepted()
    {
        var good = Convert.ToBase64String(Blob("sk-ssh-ed25519@openssh.com", new byte[32], Application));
        Assert.EndsWith("Do=", good);
        Assert.Throws<InvalidInputException>(() => SshPublicKey.Parse($"sk-ssh-ed25519@openssh.com {good[..^2]}p="));
        Assert.Throws<InvalidInputException>(() => SshPublicKey.Parse($"sk-ssh-ed25519@openssh.com {good[..^1]}"));
    }

    /// <summary>With the zero byte before it that says that it is positive.</summary>
    private static byte[] Modulus(int bits)
    {
        var number = RandomNumberGenerator.GetBytes(bits / 8);
        number[0] |= 0x80;
        number[^1] |= 1;
        return [0, .. number];
    }

    private static void Accept(string type, params byte[][] fields) =>
        Assert.Equal(type, SshPublicKey.Parse($"{type} {Convert.ToBase64String(Blob(type, fields))}").Type);

    private static string Refuse(string type, byte[] blob) => Assert.Single(
        Assert.Throws<InvalidInputException>(() => SshPublicKey.Parse($"{type} {Convert.ToBase64String(blob)}", "public_key")).Errors["public_key"]);

    private static byte[] Blob(string type, params byte[][] fields) =>
    [
        .. fields.Prepend(Encoding.ASCII.GetBytes(type)).SelectMany(field =>
        {
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
            return length.Concat(field);
        }),
    ];
}
