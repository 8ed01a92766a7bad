using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WebHoster.Core.Accounts;

/// <summary>Codes of an authenticator app: RFC 6238 as every app understands it, HMAC-SHA1, six digits, half a minute each.</summary>
public static class Totp
{
    public const int Digits = 6;

    private const int SecretBytes = 20;
    private const int StepSeconds = 30;
    private const int Modulus = 1_000_000;
    private const int SlowClock = 1; // steps to either side

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The address that the QR code holds.</summary>
    /// <param name="host">Tells one portal's entry in the app from another's.</param>
    public static string Uri(string host, string account, byte[] secret)
    {
        var issuer = System.Uri.EscapeDataString($"WebHoster {host}");
        return $"otpauth://totp/{issuer}:{System.Uri.EscapeDataString(account)}?secret={Base32.Encode(secret)}"
            + $"&issuer={issuer}&algorithm=SHA1&digits={Digits}&period={StepSeconds}";
    }

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    public static string CodeAt(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, counter, hash);
        var number = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & int.MaxValue;
        return (number % Modulus).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');
    }

    /// <summary>The step whose code this is, of those that count at <paramref name="time"/>; null where it is none of them.</summary>
    public static long? Match(byte[] secret, string code, DateTimeOffset time)
    {
        var now = StepAt(time);
        long? match = null;
        // All are compared, so that time does not tell which it was.
        for (var step = now - SlowClock; step <= now + SlowClock; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeAt(secret, step)), Encoding.UTF8.GetBytes(code)))
                match = step;
        }
        return match;
    }
}
