using System.Net.Mail;
using WebHoster.Core.Errors;

namespace WebHoster.Core.Alerts;

/// <summary>Addresses that alerts can be sent to.</summary>
public static class TargetAddress
{
    /// <exception cref="InvalidInputException">It is none.</exception>
    public static string Parse(TargetKind kind, string? text)
    {
        var address = text?.Trim() ?? "";
        if (address.Length is 0 or > AlertTarget.MaxAddressLength || address.Any(char.IsControl))
            throw Wrong(kind);
        return kind == TargetKind.Mail ? Mail(address) : Webhook(address);
    }

    private static string Mail(string text) =>
        MailAddress.TryCreate(text, out var mail) && mail.Address == text && mail.Host.Contains('.') ? text : throw Wrong(TargetKind.Mail);

    private static string Webhook(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo == "" && uri.Fragment == "" && uri.Host != ""
            ? uri.AbsoluteUri : throw Wrong(TargetKind.Webhook);

    private static InvalidInputException Wrong(TargetKind kind) => new("address", kind == TargetKind.Mail
        ? "An email address is needed, such as ops@example.org."
        : "A URL is needed that begins with https:// or http://, without a name, a password or a fragment in it.");
}
