using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Errors;

/// <summary>Where something can be put.</summary>
/// <param name="In">body, path, query or header.</param>
internal sealed record Place(string Name, string In, bool Required = false);

/// <summary>An operation of the API's description, with one kind of body.</summary>
/// <param name="Media">Of the body; null for none.</param>
internal sealed record HostileCall(string Method, string Path, string? Media, IReadOnlyList<Place> Places)
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    public static IReadOnlyList<HostileCall> AllOf(JsonElement document) =>
    [
        .. from path in document.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           from media in MediaOf(operation.Value)
           select new HostileCall(
               operation.Name.ToUpperInvariant(), path.Name, media,
               [.. FieldsOf(document, operation.Value, media), .. ParametersOf(operation.Value)]),
    ];

    /// <summary>What an answer may blame.</summary>
    public bool Names(string field) => field is "body" or "content_range" || Places.Any(p => field == p.Name || field.StartsWith($"{p.Name}[", StringComparison.Ordinal));

    /// <summary>The request as it should be, but for one place.</summary>
    /// <param name="spoiled">Null for none.</param>
    /// <param name="text">For a path, a query, a header or a form.</param>
    /// <param name="json">For a JSON body.</param>
    public HttpRequestMessage Make(Scene scene, Place? spoiled = null, string text = "", string json = "")
    {
        var path = spoiled is { In: "path" } ? Path.Replace($"{{{spoiled.Name}}}", Uri.EscapeDataString(Scalars(text))) : scene.Path;
        var query = Places.Where(p => p.In == "query" && (p.Required || p == spoiled))
            .Select(p => $"{p.Name}={Uri.EscapeDataString(p == spoiled ? Scalars(text) : scene.Text(p.Name))}").ToList();
        var request = new HttpRequestMessage(
            new HttpMethod(Method), new Uri(query.Count == 0 ? path : $"{path}?{string.Join('&', query)}", UriKind.Relative))
        {
            Content = BodyOf(scene, spoiled, text, json),
        };
        if (spoiled is { In: "header" })
        {
            var visible = new string([.. text.Where(c => c is >= ' ' and <= '~')]);
            if (!request.Headers.TryAddWithoutValidation(spoiled.Name, visible))
                request.Content?.Headers.TryAddWithoutValidation(spoiled.Name, visible);
        }
        return request;
    }

    public override string ToString() => $"{Method} {Path}{(Media == Form ? " (form)" : "")}";

    private HttpContent? BodyOf(Scene scene, Place? spoiled, string text, string json)
    {
        var fields = Places.Where(p => p.In == "body");
        return Media switch
        {
            Json => new StringContent(
                $"{{{string.Join(',', fields.Select(f => $"\"{f.Name}\":{(f == spoiled ? json : scene.Json(f.Name, spoiled?.Name))}"))}}}", Encoding.UTF8, Json),
            Form => new FormUrlEncodedContent(
                fields.Select(f => KeyValuePair.Create(f.Name, f == spoiled ? Scalars(text) : scene.Text(f.Name)))),
            null => null,
            _ => new ByteArrayContent([1]) { Headers = { ContentType = new MediaTypeHeaderValue(Media) } },
        };
    }

    // Half a surrogate pair cannot be put into a URL at all.
    private static string Scalars(string text) => new([.. text.Where(c => !char.IsSurrogate(c)).Take(1000)]);

    private static IEnumerable<string?> MediaOf(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").EnumerateObject().Select(c => (string?)c.Name) : [null];

    private static IEnumerable<Place> FieldsOf(JsonElement document, JsonElement operation, string? media)
    {
        if (media is null)
            return [];
        var schema = Resolve(document, operation.GetProperty("requestBody").GetProperty("content").GetProperty(media).GetProperty("schema"));
        return schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(p => new Place(p.Name, "body")) : [];
    }

    private static JsonElement Resolve(JsonElement document, JsonElement schema)
    {
        // A body that may be left out is null or the thing.
        if (schema.TryGetProperty("oneOf", out var either))
            return Resolve(document, either.EnumerateArray().Last());
        return schema.TryGetProperty("$ref", out var reference)
            ? Resolve(document, reference.GetString()!.TrimStart('#', '/').Split('/').Aggregate(document, (at, name) => at.GetProperty(name)))
            : schema;
    }

    private static IEnumerable<Place> ParametersOf(JsonElement operation) => operation.TryGetProperty("parameters", out var parameters)
        ? parameters.EnumerateArray().Select(p => new Place(p.Text("name"), p.Text("in"), p.TryGetProperty("required", out var required) && required.GetBoolean()))
        : [];
}
