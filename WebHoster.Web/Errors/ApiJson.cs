using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WebHoster.Web.Errors;

/// <summary>How the API spells JSON: snake_case names, enums as their words.</summary>
public static class ApiJson
{
    public static readonly JsonSerializerOptions Options = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        // Always application/json with nosniff, never inside HTML: letters may stay letters.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }
}

/// <summary>What every successful call but a sign-in answers.</summary>
public sealed record Envelope<T>(bool Success, string Message, T Data) where T : notnull;

/// <summary>Makes envelopes.</summary>
public static class Envelope
{
    public static Envelope<T> Of<T>(T data, string message = "OK") where T : notnull => new(true, message, data);
}
