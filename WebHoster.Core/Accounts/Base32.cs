using System.Text;

namespace WebHoster.Core.Accounts;

/// <summary>RFC 4648's base 32, without padding: letters and digits that people can read to each other.</summary>
public static class Base32
{
    public const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private const int Bits = 5;

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, held) = (0, 0);
        foreach (var b in bytes)
        {
            (buffer, held) = ((buffer << 8 | b) & 0xfff, held + 8);
            for (; held >= Bits; held -= Bits)
                text.Append(Alphabet[buffer >> (held - Bits) & 31]);
        }
        if (held > 0)
            text.Append(Alphabet[buffer << (Bits - held) & 31]);
        return text.ToString();
    }
}
