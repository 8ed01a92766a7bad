using System.Net;
using System.Net.Http.Json;
using System.Text;
using WebHoster.Core.Accounts;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class TokenApiTests(PortalFixture portal)
{
    private static readonly string[] Members = ["id", "name", "scopes", "hint", "created_at", "expires_at", "last_used_at"];

    [Fact]
    public async Task ANewTokenIsShownOnceAndKeptAsADigest()
    {
        var person = await Person.AddAsync(portal);
        var answer = await person.Http.PostAsJsonAsync("tokens", new { name = "nightly ☾", scopes = new[] { "hosting", "read", "read" } });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var made = await answer.DataAsync();
        Assert.Equal([.. Members, "token"], made.EnumerateObject().Select(m => m.Name).OrderBy(m => m == "token"));
        var token = made.Text("token");

        var listed = (await (await person.Http.GetAsync("tokens")).DataAsync()).EnumerateArray().Single();
        Assert.Equal(Members, listed.EnumerateObject().Select(m => m.Name));
        Assert.Equal(("nightly ☾", token[..8]), (listed.Text("name"), listed.Text("hint")));
        Assert.Equal(["read", "hosting"], listed.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(TokenText.Hash(token), await portal.Database.ScalarAsync<byte[]>(
            "select hash from api_tokens where id = @id", ("id", made.GetProperty("id").GetGuid())));
        Assert.Equal("succeeded", await AuditAsync("token.create", $"{token[..8]} nightly ☾"));
    }

    [Theory]
    [InlineData("""{"scopes":["read"]}""", "name")]
    [InlineData("""{"name":" ","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"a\nb","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"a\u0000","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"a\ud800","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"x"}""", "scopes")]
    [InlineData("""{"name":"x","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["write"]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":[null]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["admin"]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["read"],"expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"x","scopes":["read"],"expires_at":"9999-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"x","scopes":["read"],"expires_at":"soon"}""", "expires_at")]
    [InlineData("""{"name":"x","scopes":["read"],"expires_in_days":0}""", "expires_in_days")]
    [InlineData("""{"name":"x","scopes":["read"],"expires_in_days":2000000000}""", "expires_in_days")]
    [InlineData("""{"name":"x","scopes":["read"],"expires_in_days":1,"expires_at":"2027-01-01T00:00:00Z"}""", "expires_in_days")]
    public async Task ABadFieldIsA400ThatNamesIt(string json, string field)
    {
        var person = await Person.AddAsync(portal);
        var answer = await person.Http.PostAsync("tokens", new StringContent(json, Encoding.UTF8, "application/json"));
        await Problems.ExpectAsync(answer, HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task ANameOf101CharactersIsTooLong()
    {
        var person = await Person.AddAsync(portal);
        await Problems.ExpectAsync(await MakeAsync(person, new string('x', 101)), HttpStatusCode.BadRequest, "name");
        Assert.Equal(HttpStatusCode.Created, (await MakeAsync(person, new string('x', 100))).StatusCode);
    }

    [Fact]
    public async Task AnExpiredOrDeletedTokenIsA401()
    {
        var person = await Person.AddAsync(portal);
        var made = await person.Http.PostAsJsonAsync("tokens", new { name = "x", scopes = new[] { "read" }, expires_in_days = 30 });
        var expiry = (await made.DataAsync()).GetProperty("expires_at").GetDateTimeOffset();
        Assert.InRange(expiry - DateTimeOffset.UtcNow, TimeSpan.FromDays(29.9), TimeSpan.FromDays(30));

        var script = await person.WithTokenAsync(portal, "read");
        Assert.Equal(HttpStatusCode.OK, (await script.Http.GetAsync("auth/me")).StatusCode);
        await portal.Database.ExecuteAsync(
            "update api_tokens set expires_at = now() - interval '1 second' where owner_id = (select id from users where user_name = @name)", ("name", person.Name));
        await Problems.ExpectAsync(await script.Http.GetAsync("auth/me"), HttpStatusCode.Unauthorized);

        var other = await person.WithTokenAsync(portal, "read");
        var newest = (await (await person.Http.GetAsync("tokens")).DataAsync()).EnumerateArray().First();
        Assert.Equal(HttpStatusCode.OK, (await person.Http.DeleteAsync($"tokens/{newest.Text("id")}")).StatusCode);
        var refused = await other.Http.GetAsync("auth/me");
        await Problems.ExpectAsync(refused, HttpStatusCode.Unauthorized);
        Assert.Contains("Bearer", refused.Headers.WwwAuthenticate.ToString());
        await Problems.ExpectAsync(await person.Http.DeleteAsync($"tokens/{newest.Text("id")}"), HttpStatusCode.NotFound);
        Assert.Equal("succeeded", await AuditAsync("token.delete", $"{newest.Text("hint")} script"));
    }

    [Fact]
    public async Task AnotherPersonsTokenIsNotThere()
    {
        var (owner, stranger) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        var id = (await (await MakeAsync(owner, "mine")).DataAsync()).Text("id");
        await Problems.ExpectAsync(await stranger.Http.GetAsync($"tokens/{id}"), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await stranger.Http.DeleteAsync($"tokens/{id}"), HttpStatusCode.NotFound);
        Assert.Empty((await (await stranger.Http.GetAsync("tokens")).DataAsync()).EnumerateArray());
        Assert.Single((await (await owner.Http.GetAsync("tokens")).DataAsync()).EnumerateArray());
    }

    [Fact]
    public async Task OfSixtyMadeAtOnceFiftyAreAndTheRestConflict()
    {
        var person = await Person.AddAsync(portal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => MakeAsync(person, $"t{i}")));
        Assert.Equal(50, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            await Problems.ExpectAsync(answer, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task ItsLastUseIsWrittenDownToTheMinute()
    {
        var person = await Person.AddAsync(portal);
        var (first, second) = (await person.WithTokenAsync(portal, "read"), await person.WithTokenAsync(portal, "read"));
        var ids = (await (await person.Http.GetAsync("tokens")).DataAsync()).EnumerateArray().Select(t => t.GetProperty("id").GetGuid()).Reverse().ToList();
        Assert.Null(await LastUseAsync(ids[0]));
        await portal.Database.ExecuteAsync("update api_tokens set last_used_at = now() - interval '30 seconds' where id = @id", ("id", ids[0]));
        var before = await LastUseAsync(ids[0]);

        (await first.Http.GetAsync("auth/me")).EnsureSuccessStatusCode();
        (await second.Http.GetAsync("auth/me")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => await LastUseAsync(ids[1]) is not null);
        // Uses are written in their order: the first one's would be there by now.
        Assert.Equal(before, await LastUseAsync(ids[0]));
        await portal.Database.ExecuteAsync("update api_tokens set last_used_at = now() - interval '61 seconds' where id = @id", ("id", ids[0]));
        before = await LastUseAsync(ids[0]);
        (await first.Http.GetAsync("auth/me")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => await LastUseAsync(ids[0]) > before);
    }

    [Fact]
    public async Task NoLogHoldsAToken()
    {
        var script = await (await Person.AddAsync(portal)).WithTokenAsync(portal, "read");
        (await script.Http.GetAsync("auth/me")).EnsureSuccessStatusCode();
        Assert.Contains("/api/v1/tokens", portal.Output);
        Assert.DoesNotContain(script.Http.DefaultRequestHeaders.Authorization!.Parameter!, portal.Output);
    }

    private static Task<HttpResponseMessage> MakeAsync(Person person, string name) =>
        person.Http.PostAsJsonAsync("tokens", new { name, scopes = new[] { "read" } });

    private async Task<DateTime?> LastUseAsync(Guid id) =>
        await portal.Database.ScalarAsync<object>("select last_used_at from api_tokens where id = @id", ("id", id)) as DateTime?;

    private Task<string?> AuditAsync(string action, string subject) => portal.Database.ScalarAsync<string>(
        "select outcome from audit_entries where action = @action and subject = @subject", ("action", action), ("subject", subject));
}
