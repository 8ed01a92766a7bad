using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WebHoster.Core.Alerts;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>What a delivery says: the body of a webhook's request, and the words of a mail.</summary>
/// <param name="Event"><c>alert.opened</c>, <c>alert.resolved</c> or <c>alert.test</c>.</param>
/// <param name="Portal">The portal's page of alerts.</param>
public sealed record AlertMessage(Guid Id, string Event, string Install, string Portal, AlertMessage.About? Alert)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The alert as it is now.</summary>
    public sealed record About(Guid Id, AlertKind Kind, string Subject, string Words, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt);

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public string Title => Event switch
    {
        "alert.test" => $"[{Install}] A test of alerts",
        "alert.resolved" => $"[{Install}] Resolved: {Alert!.Words}",
        _ => $"[{Install}] {Alert!.Words}",
    };

    public string Text => Event switch
    {
        "alert.test" => $"Alerts of WebHoster on {Install} arrive here.\n\n{Portal}\n",
        "alert.resolved" => $"This is over: {Alert!.Words}\n\nFrom {Alert.OpenedAt:yyyy-MM-dd HH:mm:ss} to {Alert.EndedAt:yyyy-MM-dd HH:mm:ss} UTC.\n\n{Portal}\n",
        _ => $"{Alert!.Words}\n\nSince {Alert.OpenedAt:yyyy-MM-dd HH:mm:ss} UTC.\n\n{Portal}\n",
    };
}
