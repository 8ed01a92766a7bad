using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Docs;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

/// <summary>Every call of the description, made by one person on what is another's: as if it were not there, and it stays as it was.</summary>
[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class TwoPeopleTests(PortalFixture portal)
{
    private const string File = "?path=/var/www/html/x&upload=7d1f3a52-8b4e-4f0a-9c1d-2e6b5a4f3c21";

    [Fact]
    public async Task NobodyReachesWhatIsAnothers()
    {
        var (owner, other) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        await other.CreateHostingAsync();
        await portal.Engine.CreateAsync(other.Name);
        var ids = await OwnAsync(owner);
        var before = await SeenAsync(owner, ids);
        var wrong = new List<string>();
        var tried = 0;

        foreach (var call in DescribedCall.AllOf(await (await Person.Stranger(portal).GetAsync("/openapi/v1.json")).JsonAsync()))
        {
            var theirs = call.Path.Contains("/admin/");
            if (!theirs && !call.Path.Contains("{id}"))
                continue;
            foreach (var (kind, id) in theirs ? ids : ids.Where(i => call.Path.StartsWith($"/api/v1/{i.Key}/", StringComparison.Ordinal)))
            {
                tried++;
                var path = call.Path.Replace("{id}", id).Replace("{name}", "standard") + (call.Path.Contains("/files") ? File : "");
                var answer = await SendAsync(other.Http, call, path);
                if (answer.StatusCode != (theirs ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound))
                    wrong.Add($"{call} of another's {kind}: {(int)answer.StatusCode}");
                answer = await SendAsync(Person.Stranger(portal), call, path);
                if (answer.StatusCode != HttpStatusCode.Unauthorized)
                    wrong.Add($"{call} by a stranger: {(int)answer.StatusCode}");
            }
        }

        Assert.Empty(wrong);
        Assert.True(tried > 100, $"{tried} calls");
        Assert.Equal(before, await SeenAsync(owner, ids));
        var listed = string.Concat(await Task.WhenAll(ids.Keys.Select(async k => await (await other.Http.GetAsync(k)).Content.ReadAsStringAsync())));
        Assert.All(ids.Values, id => Assert.DoesNotContain(id, listed));
    }

    /// <summary>One of each, by the path of its list.</summary>
    private async Task<Dictionary<string, string>> OwnAsync(Person owner)
    {
        var hosting = await (await owner.CreateHostingAsync()).DataAsync();
        await portal.Engine.CreateAsync(owner.Name);
        var key = await owner.Http.PostAsJsonAsync("ssh-keys", new { name = "laptop", public_key = TestKeys.Public });
        var token = await owner.Http.PostAsJsonAsync("tokens", new { name = "script", scopes = new[] { "read" } });
        return new Dictionary<string, string>
        {
            ["hostings"] = hosting.Text("id"),
            ["operations"] = hosting.Text("operation_id"),
            ["ssh-keys"] = (await key.DataAsync()).Text("id"),
            ["tokens"] = (await token.DataAsync()).Text("id"),
        };
    }

    private static async Task<IReadOnlyList<string>> SeenAsync(Person owner, Dictionary<string, string> ids)
    {
        var seen = new List<string>();
        foreach (var (list, id) in ids)
        {
            var answer = await owner.Http.GetAsync($"{list}/{id}");
            answer.EnsureSuccessStatusCode();
            seen.Add(await answer.Content.ReadAsStringAsync());
        }
        return seen;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, DescribedCall call, string path) =>
        http.SendAsync(new HttpRequestMessage(new HttpMethod(call.Method), path) { Content = call.Method is "POST" or "PUT" ? JsonContent.Create(Body(call)) : null });

    /// <summary>Nothing to find fault with, so that only whose it is decides.</summary>
    private static object Body(DescribedCall call) => call.Path[(call.Path.LastIndexOf('/') + 1)..] switch
    {
        "rename" => new { from = "/var/www/html/a", to = "/var/www/html/b" },
        "folders" => new { path = "/var/www/html/folder" },
        _ => new { },
    };
}
