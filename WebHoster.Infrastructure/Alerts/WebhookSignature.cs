using System.Security.Cryptography;
using System.Text;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>What proves to a webhook's receiver that a request is ours and new: HMAC-SHA256 over the time and the body.</summary>
public static class WebhookSignature
{
    public const string TimestampHeader = "WebHoster-Timestamp";
    public const string SignatureHeader = "WebHoster-Signature";
    public const string DeliveryHeader = "WebHoster-Delivery";

    /// <summary><c>v1=</c> and the hexadecimal HMAC of <c>&lt;timestamp&gt;.&lt;body&gt;</c>, under the target's whole secret.</summary>
    /// <param name="timestamp">Unix seconds, as in the header.</param>
    public static string Of(string secret, string timestamp, string body) =>
        $"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")))}";
}
