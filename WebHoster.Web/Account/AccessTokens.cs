using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Start;

namespace WebHoster.Web.Account;

/// <summary>What a sign-in by API answers, as OAuth2 spells it.</summary>
/// <param name="ExpiresIn">Seconds.</param>
public sealed record AccessToken(
    [property: JsonPropertyName("access_token")] string Token, string TokenType, int ExpiresIn);

/// <summary>Makes access tokens: JWT, HS256.</summary>
public sealed class AccessTokens(UserManager<User> users, SigningKey key, IOptions<JwtSettings> settings, TimeProvider clock)
{
    /// <summary>Carries a digest of the security stamp: whatever changes the stamp (a new password, a disabled account) ends the token.</summary>
    public const string StampClaim = "stamp";

    public async Task<AccessToken> IssueAsync(User user)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            ["sub"] = user.Id.ToString(),
            ["name"] = user.UserName!,
            ["jti"] = Guid.NewGuid().ToString("n"),
            [StampClaim] = Digest(user.SecurityStamp),
        };
        if (await users.GetRolesAsync(user) is { Count: > 0 } roles)
            claims["role"] = roles;
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = settings.Value.Issuer,
            Audience = settings.Value.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(settings.Value.Minutes),
            Claims = claims,
            SigningCredentials = new SigningCredentials(key.Key, SecurityAlgorithms.HmacSha256),
        });
        return new AccessToken(token, "bearer", settings.Value.Minutes * 60);
    }

    public static string Digest(string? stamp) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stamp ?? "")).AsSpan(0, 16));
}

/// <summary>The key that signs access tokens, from <c>Jwt:Key</c> or the file that <c>Jwt:KeyFile</c> names.</summary>
public sealed class SigningKey
{
    private const int MinLength = 32;

    /// <exception cref="SettingException">There is no key, or it is too short.</exception>
    public SigningKey(IOptions<JwtSettings> settings)
    {
        var text = settings.Value.Key is { Length: > 0 } given ? given : Read(settings.Value.KeyFile);
        if (text.Length < MinLength)
            throw new SettingException($"Jwt:Key (or the file of Jwt:KeyFile) is needed: at least {MinLength} random characters.");
        Key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(text));
    }

    public SymmetricSecurityKey Key { get; }

    private static string Read(string file)
    {
        try
        {
            return file == "" ? "" : File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"Jwt:KeyFile cannot be read: {e.Message}");
        }
    }
}
