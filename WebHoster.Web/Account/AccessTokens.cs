using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Account;

/// <summary>What a sign-in by API answers, as OAuth2 spells it.</summary>
/// <param name="ExpiresIn">Seconds.</param>
public sealed record AccessToken(
    [property: JsonPropertyName("access_token")] string Token, string TokenType, int ExpiresIn);

/// <summary>Makes access tokens: JWT, HS256.</summary>
public sealed class AccessTokens(SigningKeys keys, IOptions<JwtSettings> settings, TimeProvider clock)
{
    /// <summary>Carries a digest of the security stamp: whatever changes the stamp (a new password, a disabled account) ends the token.</summary>
    public const string StampClaim = "stamp";

    public AccessToken Issue(User user)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            ["sub"] = user.Id.ToString(),
            ["name"] = user.UserName!,
            ["jti"] = Guid.NewGuid().ToString("n"),
            [StampClaim] = Digest(user.SecurityStamp),
        };
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = settings.Value.Issuer,
            Audience = settings.Value.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(settings.Value.Minutes),
            Claims = claims,
            SigningCredentials = new SigningCredentials(keys.Current, SecurityAlgorithms.HmacSha256),
        });
        return new AccessToken(token, "bearer", settings.Value.Minutes * 60);
    }

    public static string Digest(string? stamp) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stamp ?? "")).AsSpan(0, 16));
}
