using System.Net;
using System.Text;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Errors;

/// <summary>
/// Every field, parameter and header that the API's own description names, given nonsense: the answer is a problem that blames the
/// request, or a success where the nonsense happens to be legal. <c>WEBHOSTER_HOSTILE_INPUTS=10000</c> tries so many for each field.
/// </summary>
[Trait("Category", "Integration")]
public sealed class HostileInputTests(PortalFixture portal, ITestOutputHelper output) : IClassFixture<PortalFixture>
{
    private const int Usual = 40;
    private const int Seed = 7;
    private const int AtOnce = 8;

    [Fact]
    public async Task NonsenseInAnyFieldIsTheCallersFault()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("WEBHOSTER_HOSTILE_INPUTS"), out var given) ? given : Usual;
        // So that the administrators' fields are looked at, too.
        var person = await Person.AddAdminAsync(portal);
        var places = await PlacesAsync(person.Http);
        foreach (var place in places)
        {
            var inputs = new HostileInputs(Seed);
            var requests = Enumerable.Range(0, count).Select(_ => place.Fill(inputs)).ToList();
            var statuses = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
            await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (make, ct) =>
            {
                using var request = make();
                var sent = request.Content is { } content ? await content.ReadAsStringAsync(ct) : request.RequestUri!.ToString();
                using var answer = await person.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
                var status = (int)answer.StatusCode;
                statuses.AddOrUpdate(status, 1, (_, n) => n + 1);
                if (status is (< 200 or >= 500) or (>= 300 and < 400) or (int)HttpStatusCode.TooManyRequests)
                    Assert.Fail($"{status} for {place}: {sent[..Math.Min(sent.Length, 500)]}\n{portal.Output[^Math.Min(portal.Output.Length, 3000)..]}");
                // A request line that is no HTTP (%00) gets a bare 400 from the server beneath.
                if (status >= 400 && !(place.In == "path" && answer.Content.Headers.ContentLength == 0))
                {
                    Assert.True(
                        answer.Content.Headers.ContentType?.MediaType == "application/problem+json",
                        $"{status} without a problem for {place}: {sent[..Math.Min(sent.Length, 500)]}\n{answer}");
                }
            });
            output.WriteLine($"{place}: {string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} × {s.Key}"))}");
        }

        Assert.True(places.Count > 10, "The description names hardly any field.");
        // All of it is still there and well.
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync("auth/me")).StatusCode);
    }

    [Theory]
    [InlineData("auth/register")]
    [InlineData("auth/login")]
    [InlineData("host")]
    public async Task AMegabyteIsTooMuch(string path)
    {
        var person = await Person.AddAsync(portal);
        var body = new StringContent($"{{\"email\":\"{new string('a', 1 << 20)}\"}}", Encoding.UTF8, "application/json");
        await Problems.ExpectAsync(await person.Http.PostAsync(path, body), HttpStatusCode.RequestEntityTooLarge);
    }

    /// <summary>Where something can be put, by the description of the API.</summary>
    private static async Task<List<Place>> PlacesAsync(HttpClient http)
    {
        var document = await (await http.GetAsync("/openapi/v1.json")).JsonAsync();
        var places = new List<Place>();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Value.ValueKind == JsonValueKind.Object))
            {
                var fields = Fields(document, operation.Value);
                places.AddRange(fields.Keys.Select(field => new Place(operation.Name, path.Name, field, "body", fields)));
                if (!operation.Value.TryGetProperty("parameters", out var parameters))
                    continue;
                places.AddRange(parameters.EnumerateArray().Select(p => new Place(operation.Name, path.Name, p.Text("name"), p.Text("in"), fields)));
            }
        }
        return places;
    }

    /// <summary>The body's fields, each with a good value where one is needed for the others to be looked at.</summary>
    private static Dictionary<string, string> Fields(JsonElement document, JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body) || !body.GetProperty("content").TryGetProperty("application/json", out var json))
            return [];
        var schema = json.GetProperty("schema");
        while (schema.TryGetProperty("$ref", out var reference))
            schema = reference.GetString()!.TrimStart('#', '/').Split('/').Aggregate(document, (at, name) => at.GetProperty(name));
        return schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().ToDictionary(p => p.Name, p => Good(p.Name))
            : [];
    }

    private static string Good(string field) => field switch
    {
        "email" => "\"hostile@example.org\"",
        "password" => "\"wrong but long enough\"",
        "username" or "name" => "\"owner\"",
        _ => "null",
    };

    private sealed record Place(string Method, string Path, string Name, string In, Dictionary<string, string> Fields)
    {
        public Func<HttpRequestMessage> Fill(HostileInputs inputs)
        {
            var (text, json) = (inputs.Text(), In == "body" ? inputs.Json() : "");
            return () =>
            {
                var path = In == "path" ? Path.Replace($"{{{Name}}}", Uri.EscapeDataString(Scalar(text))) : Path;
                var query = In == "query" ? $"?{Name}={Uri.EscapeDataString(Scalar(text))}" : "";
                var request = new HttpRequestMessage(new HttpMethod(Method.ToUpperInvariant()), new Uri(path + query, UriKind.Relative));
                if (In == "header")
                    request.Headers.TryAddWithoutValidation(Name, new string([.. text.Where(c => c is >= ' ' and <= '~')]));
                if (Fields.Count > 0)
                {
                    var fields = Fields.Select(f => $"\"{f.Key}\":{(In == "body" && f.Key == Name ? json : f.Value)}");
                    request.Content = new StringContent($"{{{string.Join(',', fields)}}}", Encoding.UTF8, "application/json");
                }
                return request;
            };
        }

        public override string ToString() => $"{Method} {Path} {In} {Name}";

        // Half a surrogate pair cannot be put into a URL at all.
        private static string Scalar(string text) => new([.. text.Where(c => !char.IsSurrogate(c)).Take(1000)]);
    }
}
