using System.Text.Json;
using System.Text.Json.Nodes;
using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.RunTime;

/// <summary>One of <see cref="RunTimeValues"/>: its name, and how it is read and written as JSON.</summary>
/// <param name="Write">Throws <see cref="InvalidInputException"/> for a value that it cannot have; the field is <c>value</c>.</param>
public sealed record RunTimeSetting(string Name, Func<RunTimeValues, JsonNode> Read, Func<RunTimeValues, JsonElement, RunTimeValues> Write)
{
    public const int MaxReserved = 1000;

    public static readonly RunTimeSetting RegistrationOpen = new(
        "registration_open", v => v.RegistrationOpen, (v, json) => v with { RegistrationOpen = Flag(json) });

    public static readonly RunTimeSetting RateLimitsEnabled = new(
        "rate_limits_enabled", v => v.RateLimitsEnabled, (v, json) => v with { RateLimitsEnabled = Flag(json) });

    public static readonly RunTimeSetting AuthPerMinute = new(
        "auth_per_minute", v => v.AuthPerMinute, (v, json) => v with { AuthPerMinute = Whole(json, 1, RateLimitSettings.Most) });

    public static readonly RunTimeSetting AccountPerMinute = new(
        "account_per_minute", v => v.AccountPerMinute, (v, json) => v with { AccountPerMinute = Whole(json, 1, RateLimitSettings.Most) });

    public static readonly RunTimeSetting LogLevel = new(
        "log_level", v => v.LogLevel.Word(), (v, json) => v with { LogLevel = OneOf<LogDetail>(json) });

    public static readonly RunTimeSetting ReservedSlugs = new(
        "reserved_slugs", v => new JsonArray([.. v.ReservedSlugs.Select(s => (JsonNode)s)]), (v, json) => v with { ReservedSlugs = Slugs(json) });

    /// <summary>In the order in which they are shown.</summary>
    public static readonly IReadOnlyList<RunTimeSetting> All =
        [RegistrationOpen, RateLimitsEnabled, AuthPerMinute, AccountPerMinute, LogLevel, ReservedSlugs];

    /// <exception cref="NotFoundException">There is none of this name.</exception>
    public static RunTimeSetting Get(string name) => All.FirstOrDefault(s => s.Name == name) ?? throw new NotFoundException("There is no such setting.");

    /// <summary>Its value as JSON.</summary>
    public string Text(RunTimeValues values) => Read(values).ToJsonString();

    private static bool Flag(JsonElement json) => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : throw Wrong("The value is true or false.");

    private static int Whole(JsonElement json, int least, int most) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number) && number >= least && number <= most
            ? number : throw Wrong($"The value is a whole number from {least} to {most}.");

    private static T OneOf<T>(JsonElement json) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Text(json) == value.Word())
                return value;
        }
        throw Wrong($"The value is one of {string.Join(", ", Enum.GetValues<T>().Select(v => v.Word()))}.");
    }

    private static IReadOnlyList<string> Slugs(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > MaxReserved)
            throw Wrong($"The value is a list of at most {MaxReserved} names.");
        var names = json.EnumerateArray().Select(n => Text(n) ?? "").ToList();
        if (names.FirstOrDefault(n => !Slug.IsWellFormed(n)) is { } bad)
            throw new InvalidInputException("value", $"“{(bad.Length > Slug.MaxLength ? bad[..Slug.MaxLength] + "…" : bad)}” cannot be a name anyway: names have 2 to 30 of a-z, 0-9 and single hyphens.");
        return [.. names.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Null for what is no text, and for half a surrogate pair, which JSON can spell and .NET cannot read.</summary>
    private static string? Text(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static InvalidInputException Wrong(string why) => new("value", why);
}
