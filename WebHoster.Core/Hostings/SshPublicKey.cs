using System.Security.Cryptography;
using WebHoster.Core.Errors;

namespace WebHoster.Core.Hostings;

/// <summary>An OpenSSH public key as one line: type, base64 blob, comment. The blob is checked whole.</summary>
public sealed record SshPublicKey(string Type, string Blob, string Comment)
{
    private const int MaxLength = 16_384;

    private static readonly HashSet<string> Types =
    [
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    /// <summary>As <c>ssh-keygen -l</c> shows it.</summary>
    public string Fingerprint =>
        "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Blob))).TrimEnd('=');

    /// <summary>As it stands in <c>known_hosts</c>.</summary>
    public string WithoutComment => $"{Type} {Blob}";

    public override string ToString() => Comment == "" ? WithoutComment : $"{WithoutComment} {Comment}";

    /// <exception cref="InvalidInputException">Not one good public key.</exception>
    public static SshPublicKey Parse(string text, string field = "ssh_public_key")
    {
        var line = text.Trim();
        if (line.StartsWith("-----BEGIN", StringComparison.Ordinal))
            throw new InvalidInputException(field, "This is a private key. Keep it secret and give the .pub file's line instead.");
        if (line.Length > MaxLength || line.Any(char.IsControl))
            throw new InvalidInputException(field, "An SSH public key is one line of at most 16,384 characters.");

        var parts = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !Types.Contains(parts[0]))
            throw new InvalidInputException(field, "An SSH public key starts with its type, such as ssh-ed25519 AAAA…, without options before it.");
        if (SshKeyBlob.Problem(parts[0], parts[1]) is { } problem)
            throw new InvalidInputException(field, problem);
        return new SshPublicKey(parts[0], parts[1], parts.Length == 3 ? Plain(parts[2]) : "");
    }

    private static string Plain(string comment) =>
        new([.. comment.Where(c => char.IsAsciiLetterOrDigit(c) || "@._-+ ".Contains(c)).Take(100)]);
}
