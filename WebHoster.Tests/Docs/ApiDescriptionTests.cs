using System.Text.Encodings.Web;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>The description of the API for tools: the one that is committed is the one that is served, and it is whole.</summary>
[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class ApiDescriptionTests(PortalFixture portal)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task TheCommittedOneIsTheServedOne() =>
        Expected.Equal("../../../docs/openapi.json", JsonSerializer.Serialize(await DocumentAsync(), Readable) + "\n");

    [Fact]
    public async Task EveryOperationIsSummedUpTaggedAndHasAnExampleOfEachBodyAndAnswer()
    {
        var lacking = new List<string>();
        var names = new HashSet<string>();
        foreach (var path in (await DocumentAsync()).GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var (call, about) = ($"{operation.Name} {path.Name}", operation.Value);
                if (!about.TryGetProperty("operationId", out var id) || !names.Add(id.GetString()!))
                    lacking.Add($"{call}: an operationId of its own");
                lacking.AddRange(new[] { "summary", "tags" }.Where(m => !about.TryGetProperty(m, out _)).Select(m => $"{call}: {m}"));
                if (about.TryGetProperty("requestBody", out var body))
                    lacking.AddRange(WithoutExample(body).Select(type => $"{call}: an example of its {type} body"));
                foreach (var answer in about.GetProperty("responses").EnumerateObject())
                    lacking.AddRange(WithoutExample(answer.Value).Select(type => $"{call}: an example of its {answer.Name}, {type}"));
            }
        }
        Assert.Empty(lacking);
    }

    [Fact]
    public async Task EveryListComesInPages()
    {
        // A handful each, by what there is in the program; or by their own “after”.
        string[] whole = ["/api/v1/admin/settings", "/api/v1/announcements", "/api/v1/admin/operations/{id}/log"];
        var document = await DocumentAsync();
        var lacking = new List<string>();
        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(p => !whole.Contains(p.Name)))
        {
            if (!path.Value.TryGetProperty("get", out var get) || !get.GetProperty("responses").GetProperty("200").TryGetProperty("content", out var content)
                || !content.TryGetProperty("application/json", out var json) || json.GetProperty("example").GetProperty("data").ValueKind != JsonValueKind.Array)
                continue;
            var parameters = get.TryGetProperty("parameters", out var all) ? all.EnumerateArray().Select(p => p.Text("name")).ToList() : [];
            if (!json.GetProperty("example").TryGetProperty("page", out _) || !parameters.Contains("limit") || !parameters.Contains("cursor") || !parameters.Contains("sort"))
                lacking.Add(path.Name);
        }
        Assert.Empty(lacking);
    }

    // A stream has no example.
    private static IEnumerable<string> WithoutExample(JsonElement part) => part.TryGetProperty("content", out var content)
        ? content.EnumerateObject().Where(c => c.Name is not ("text/event-stream" or "application/octet-stream") && !HasExample(c.Value)).Select(c => c.Name)
        : [];

    private static bool HasExample(JsonElement media) => media.TryGetProperty("example", out var example) && example.ValueKind == JsonValueKind.Object
        && (!example.TryGetProperty("data", out var data) || data.ValueKind switch
        {
            JsonValueKind.Array => data.EnumerateArray().All(d => d.ValueKind == JsonValueKind.Object),
            _ => data.ValueKind == JsonValueKind.Object,
        });

    private async Task<JsonElement> DocumentAsync() => await (await Person.Stranger(portal).GetAsync("/openapi/v1.json")).JsonAsync();
}
