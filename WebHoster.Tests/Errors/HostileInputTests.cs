using System.Collections.Concurrent;
using System.Net;
using System.Text;
using WebHoster.Tests.Fixtures;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Errors;

/// <summary>A portal that hashes passwords quickly: here they are tried by the ten thousand.</summary>
public sealed class QuickHashPortalFixture : PortalFixture
{
    protected override Dictionary<string, string> Settings =>
        new(base.Settings) { ["DOTNET_ENVIRONMENT"] = "Testing", ["Testing__HashIterations"] = "1" };
}

/// <summary>
/// Every field, parameter and header that the API's own description names, given nonsense while everything else of the request is as it
/// should be: the answer is a problem that blames the request and, where it is a 400, names what is wrong; or a success where the nonsense
/// happens to be legal. <c>WEBHOSTER_HOSTILE_INPUTS=10000</c> tries so many for each, <c>WEBHOSTER_HOSTILE_CALLS=/auth/</c> only where the path has this.
/// </summary>
[Trait("Category", "Integration")]
public sealed class HostileInputTests(QuickHashPortalFixture portal, ITestOutputHelper output) : IClassFixture<QuickHashPortalFixture>
{
    private const int Usual = 20;
    private const int Seed = 7;
    private const int AtOnce = 16;

    private static readonly string[] Settings = ["reserved_slugs", "log_level", "auth_per_minute"];

    [Fact]
    public async Task NonsenseInAnyFieldIsTheCallersFault()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("WEBHOSTER_HOSTILE_INPUTS"), out var given) ? given : Usual;
        var scenes = new HostileScenes(portal);
        await scenes.BringJobsAlongAsync();
        await using var worker = await StreamHost.StartAsync(portal.Database, portal.DataFolder);
        var only = Environment.GetEnvironmentVariable("WEBHOSTER_HOSTILE_CALLS") ?? "";
        var calls = HostileCall.AllOf(await (await Person.Stranger(portal).GetAsync("/openapi/v1.json")).JsonAsync()).Where(c => c.Path.Contains(only, StringComparison.Ordinal));
        var (places, faults) = (0, new ConcurrentDictionary<string, string>());
        foreach (var call in calls)
        {
            foreach (var setting in call.Path.EndsWith("/settings/{name}", StringComparison.Ordinal) ? Settings : Settings[..1])
            {
                await SucceedAsync(call, await scenes.MakeAsync(call, setting), faults);
                foreach (var place in call.Places)
                {
                    places++;
                    await SpoilAsync(call, place, await scenes.MakeAsync(call, setting), count, faults);
                }
            }
        }

        Assert.True(faults.IsEmpty, string.Join("\n\n", faults.Values) + $"\n{portal.Output[^Math.Min(portal.Output.Length, 3000)..]}");
        Assert.True(places > 150 || only != "", $"The description names only {places} places.");
        // All of it is still there and well.
        Assert.Equal(HttpStatusCode.OK, (await (await Person.AddAsync(portal)).Http.GetAsync("auth/me")).StatusCode);
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

    /// <summary>Otherwise nonsense would meet another barrier than its own.</summary>
    private static async Task SucceedAsync(HostileCall call, Scene scene, ConcurrentDictionary<string, string> faults)
    {
        using var answer = await scene.Http.SendAsync(call.Make(scene));
        if (!answer.IsSuccessStatusCode)
            faults.TryAdd($"{call}", $"{(int)answer.StatusCode} for {call} though all of it is legal: {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task SpoilAsync(HostileCall call, Place place, Scene scene, int count, ConcurrentDictionary<string, string> faults)
    {
        var inputs = new HostileInputs(Seed);
        var statuses = new ConcurrentDictionary<int, int>();
        var spoilt = Enumerable.Range(0, count).Select(_ => (Text: inputs.Text(), Json: place.In == "body" ? inputs.Json() : ""));
        await Parallel.ForEachAsync(spoilt, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (input, ct) =>
        {
            using var request = call.Make(scene, place, input.Text, input.Json);
            using var answer = await scene.Http.SendAsync(request, ct);
            statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, n) => n + 1);
            if (await FaultOfAsync(call, place, answer) is { } fault)
            {
                var (text, json) = (input.Text[..Math.Min(input.Text.Length, 300)], input.Json[..Math.Min(input.Json.Length, 300)]);
                faults.TryAdd($"{call} {place.In} {place.Name} {fault}", $"{fault} for {call}, {place.In} {place.Name}: {(place.In == "body" ? json : text)}\n{request.RequestUri}\n{answer}");
            }
        });
        output.WriteLine($"{call} {place.In} {place.Name}: {string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} × {s.Key}"))}");
    }

    /// <summary>Null where the answer is as it should be.</summary>
    private static async Task<string?> FaultOfAsync(HostileCall call, Place place, HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        if (status is >= 200 and < 300 || (status == 304 && place.Name == "If-None-Match"))
            return null;
        // Who types wrong passwords must wait.
        if (status is < 400 or >= 500 || (status == 429 && !call.Path.EndsWith("/account/delete", StringComparison.Ordinal)))
            return $"{status}";
        // A request line that is no HTTP (%00) gets a bare 400 from the server beneath.
        if (place.In == "path" && answer.Content.Headers.ContentLength == 0)
            return null;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return $"{status} without a problem";
        if (status != 400)
            return null;
        return (await answer.JsonAsync()).TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any() && errors.EnumerateObject().All(e => call.Names(e.Name))
            ? null : $"400 that names none of the request's fields: {await answer.Content.ReadAsStringAsync()}";
    }
}
