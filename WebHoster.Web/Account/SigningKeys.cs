using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Start;

namespace WebHoster.Web.Account;

/// <summary>
/// The key that signs access tokens, and the one before it, which only verifies: so the key can change while tokens live on.
/// Each is known by its <c>kid</c>, a short digest of it.
/// </summary>
public sealed class SigningKeys
{
    private const int MinLength = 32;
    private const int KidBytes = 8;

    private readonly Dictionary<string, SymmetricSecurityKey> _byKid = [];

    /// <exception cref="SettingException">There is no key, or one is too short.</exception>
    public SigningKeys(IOptions<JwtSettings> settings)
    {
        CurrentText = Text("Jwt:Key", settings.Value.Key, settings.Value.KeyFile);
        Current = Add(CurrentText);
        if (Text("Jwt:PreviousKey", settings.Value.PreviousKey, settings.Value.PreviousKeyFile) is { Length: > 0 } previous)
            Add(PreviousText = previous, "Jwt:PreviousKey");
    }

    /// <summary>As it was given, to be judged at start.</summary>
    internal string CurrentText { get; }

    internal string? PreviousText { get; }

    public SymmetricSecurityKey Current { get; }

    /// <summary>The keys that may have signed a token with this <paramref name="kid"/>: one, or none.</summary>
    public IEnumerable<SecurityKey> Find(string? kid) => kid is not null && _byKid.TryGetValue(kid, out var key) ? [key] : [];

    private SymmetricSecurityKey Add(string text, string setting = "Jwt:Key")
    {
        if (text.Length < MinLength)
            throw new SettingException($"{setting} (or the file of {setting}File) is needed: at least {MinLength} random characters.");
        var bytes = Encoding.UTF8.GetBytes(text);
        var kid = Convert.ToHexStringLower(HMACSHA256.HashData(bytes, "kid"u8).AsSpan(0, KidBytes));
        return _byKid[kid] = new SymmetricSecurityKey(bytes) { KeyId = kid };
    }

    private static string Text(string setting, string given, string file)
    {
        try
        {
            return given != "" || file == "" ? given : File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{setting}File cannot be read: {e.Message}");
        }
    }
}
