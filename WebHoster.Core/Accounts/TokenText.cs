using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace WebHoster.Core.Accounts;

/// <summary>How an API token is spelt: <c>wh_</c> and 43 characters of base64url, 256 random bits.</summary>
public static class TokenText
{
    public const string Prefix = "wh_";

    private const int Bytes = 32;
    private const int Length = 46;
    private const int HintLength = 8;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The first characters, too few to be of use to anybody else.</summary>
    public static string Hint(string token) => token[..HintLength];

    /// <summary>SHA-256; null where no token looks like this.</summary>
    public static byte[]? Hash(string token) =>
        token.Length == Length && token.StartsWith(Prefix, StringComparison.Ordinal) && token.All(char.IsAscii)
            ? SHA256.HashData(Encoding.ASCII.GetBytes(token)) : null;
}
