using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>A key pair for a person who has none: ECDSA P-256, which .NET makes itself and OpenSSH reads as PEM.</summary>
/// <param name="PublicKey">One OpenSSH line.</param>
/// <param name="PrivateKey">PEM; handed over once and kept nowhere.</param>
public sealed record SshKeyPair(string PublicKey, string PrivateKey)
{
    public static SshKeyPair Create(string comment)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        using var blob = new MemoryStream();
        Write(blob, "ecdsa-sha2-nistp256"u8);
        Write(blob, "nistp256"u8);
        Write(blob, [4, .. point.X!, .. point.Y!]);
        return new SshKeyPair(
            $"ecdsa-sha2-nistp256 {Convert.ToBase64String(blob.ToArray())} {comment}",
            key.ExportECPrivateKeyPem() + "\n");
    }

    private static void Write(Stream stream, ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        stream.Write(length);
        stream.Write(field);
    }
}
