using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using WebHoster.Core.Alerts;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>Webhooks' secrets, encrypted with the portal's keys, which are not in PostgreSQL.</summary>
public sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _kept = protection.CreateProtector("WebHoster.Webhook");

    public string Seal(string secret) => _kept.Protect(secret);

    /// <returns>Null where the keys that it was sealed with are gone.</returns>
    public string? Open(string? sealedSecret)
    {
        if (sealedSecret?.StartsWith(AlertTarget.SecretPrefix, StringComparison.Ordinal) == true)
            return sealedSecret; // of a target that is older than the seal
        try
        {
            return _kept.Unprotect(sealedSecret ?? "");
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
