using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace WebHoster.Core.Hostings;

/// <summary>
/// What is inside an OpenSSH public key: fields with their lengths before them, the type first (RFC 4253, 5656 and 8709, and
/// OpenSSH's PROTOCOL.u2f). Checked whole, because sshd passes over a line that it cannot read without telling anybody.
/// </summary>
internal static class SshKeyBlob
{
    public const int MinRsaBits = 2048;
    public const int MaxRsaBits = 16_384;

    private const string Damaged = "The SSH public key is damaged: copy the whole line of the .pub file.";

    /// <summary>Null where it is a good key of this type, else what is wrong with it.</summary>
    public static string? Problem(string type, string base64) => Fields(base64) switch
    {
        [var inside, .. var key] when Text(inside) == type => (type, key) switch
        {
            ("ssh-ed25519", [{ Length: 32 }]) => null,
            ("sk-ssh-ed25519@openssh.com", [{ Length: 32 }, var application]) when IsApplication(application) => null,
            ("ecdsa-sha2-nistp256", [var curve, var point]) when IsPoint(curve, point, "nistp256", 32) => null,
            ("ecdsa-sha2-nistp384", [var curve, var point]) when IsPoint(curve, point, "nistp384", 48) => null,
            ("ecdsa-sha2-nistp521", [var curve, var point]) when IsPoint(curve, point, "nistp521", 66) => null,
            ("sk-ecdsa-sha2-nistp256@openssh.com", [var curve, var point, var application])
                when IsPoint(curve, point, "nistp256", 32) && IsApplication(application) => null,
            ("ssh-rsa", [var exponent, var modulus]) => RsaProblem(exponent, modulus),
            _ => Damaged,
        },
        _ => Damaged,
    };

    /// <summary>Null where the lengths do not come out even. sshd wants the one right spelling of the base64 as well.</summary>
    private static byte[][]? Fields(string base64)
    {
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || Convert.ToBase64String(bytes, 0, length) != base64)
            return null;
        var fields = new List<byte[]>();
        var rest = bytes.AsSpan(0, length);
        while (!rest.IsEmpty)
        {
            if (!BinaryPrimitives.TryReadUInt32BigEndian(rest, out var size) || size > rest.Length - sizeof(uint))
                return null;
            fields.Add(rest.Slice(sizeof(uint), (int)size).ToArray());
            rest = rest[(sizeof(uint) + (int)size)..];
        }
        return [.. fields];
    }

    private static string? RsaProblem(byte[] exponent, byte[] modulus)
    {
        if (Number(exponent) is not { } e || Number(modulus) is not { } n)
            return Damaged;
        if (n.GetBitLength() is < MinRsaBits or > MaxRsaBits)
            return $"An RSA key has {MinRsaBits} to {MaxRsaBits} bits. Make a new one, such as with ssh-keygen -t ed25519.";
        // OpenSSL takes no longer exponent with a long modulus.
        return e.IsEven || e.IsOne || n.IsEven || e.GetBitLength() > 64 ? Damaged : null;
    }

    /// <summary>Null where it is not a positive number in its shortest form.</summary>
    private static BigInteger? Number(byte[] field)
    {
        var number = new BigInteger(field, isBigEndian: true);
        return number.Sign > 0 && number.ToByteArray(isBigEndian: true).Length == field.Length ? number : null;
    }

    private static bool IsPoint(byte[] curve, byte[] point, string name, int size) =>
        Text(curve) == name && point.Length == 1 + (2 * size) && point[0] == 4;

    /// <summary>Of a security key: what it was made for, usually <c>ssh:</c>.</summary>
    private static bool IsApplication(byte[] field) => field.Length is > 0 and <= 255 && field.All(b => b is > 0x20 and < 0x7f);

    private static string Text(byte[] field) => Encoding.ASCII.GetString(field);
}
