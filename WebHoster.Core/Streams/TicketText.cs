using System.Security.Cryptography;
using System.Text;

namespace WebHoster.Core.Streams;

/// <summary>How a ticket is spelt: 64 hexadecimal digits, 256 random bits.</summary>
public static class TicketText
{
    public const int Length = 64;

    public static string Create() => RandomNumberGenerator.GetHexString(Length, lowercase: true);

    /// <summary>SHA-256; null where no ticket looks like this.</summary>
    public static byte[]? Hash(string ticket) =>
        ticket.Length == Length && ticket.All(char.IsAsciiHexDigitLower) ? SHA256.HashData(Encoding.ASCII.GetBytes(ticket)) : null;
}
