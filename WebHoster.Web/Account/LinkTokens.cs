using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>What a link is for: none opens anything else.</summary>
public enum LinkPurpose { ConfirmEmail, ChangeEmail, ResetPassword }

/// <summary>What a link says.</summary>
/// <param name="Detail">The new email address, or who had the link made.</param>
public sealed record Link(Guid UserId, string Stamp, string Detail)
{
    public const string Spent = "This link is too old, or was used already. Ask for a new one.";
}

/// <summary>
/// The secret part of links that are mailed or handed over. Nothing of them is kept: each carries a digest of the person's stamp, so that it opens
/// nothing any more once the password or email has changed.
/// </summary>
public sealed class LinkTokens(IDataProtectionProvider protection)
{
    private const char Border = '\n';

    public string Create(LinkPurpose purpose, User user, string detail, TimeSpan life) =>
        ProtectorOf(purpose).Protect(string.Join(Border, user.Id.ToString("n"), AccessTokens.Digest(user.SecurityStamp), detail), life);

    /// <summary>Null where it is none, or too old.</summary>
    public Link? Read(LinkPurpose purpose, string? text)
    {
        try
        {
            var parts = ProtectorOf(purpose).Unprotect(text ?? "").Split(Border);
            return new Link(Guid.Parse(parts[0]), parts[1], parts[2]);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private ITimeLimitedDataProtector ProtectorOf(LinkPurpose purpose) =>
        protection.CreateProtector("WebHoster.Links", purpose.ToString()).ToTimeLimitedDataProtector();
}
