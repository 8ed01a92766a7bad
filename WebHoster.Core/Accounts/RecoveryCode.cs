using System.Security.Cryptography;
using System.Text;

namespace WebHoster.Core.Accounts;

/// <summary>Opens an account once in place of the authenticator app's code. Of the code itself only its digest is kept.</summary>
/// <param name="hash">SHA-256: a code has 80 random bits, so nothing slower is needed.</param>
public sealed class RecoveryCode(Guid userId, byte[] hash)
{
    /// <summary>How many one gets.</summary>
    public const int Count = 10;

    private const int Bytes = 10;
    private const int Length = 16;
    private const int Group = 4;

    public Guid UserId { get; private set; } = userId;

    public byte[] Hash { get; private set; } = hash;

    /// <summary>Such as <c>ABCD-EFGH-IJKL-MNOP</c>.</summary>
    public static string NewText() =>
        string.Join('-', Base32.Encode(RandomNumberGenerator.GetBytes(Bytes)).Chunk(Group).Select(c => new string(c)));

    /// <summary>Of the code, however it is spaced; null where no code looks like this.</summary>
    public static byte[]? HashOf(string text)
    {
        var plain = text.Replace("-", "").Replace(" ", "").ToUpperInvariant();
        return plain.Length == Length && plain.All(Base32.Alphabet.Contains) ? SHA256.HashData(Encoding.ASCII.GetBytes(plain)) : null;
    }
}
