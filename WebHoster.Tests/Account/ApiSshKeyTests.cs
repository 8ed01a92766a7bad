using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class ApiSshKeyTests(PortalFixture portal)
{
    private static readonly string[] Members = ["id", "name", "type", "fingerprint", "public_key", "hosting_id", "created_at"];

    [Fact]
    public async Task AKeyThatWasAddedIsListedReadAndRemoved()
    {
        var person = await Person.AddAsync(portal);
        var line = await TestKeys.MakeAsync("-t", "ed25519");

        var answer = await AddAsync(person, "  laptop ", line);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var added = await answer.DataAsync();
        Assert.Equal(Members, added.EnumerateObject().Select(m => m.Name));
        Assert.Equal($"/api/v1/ssh-keys/{added.Text("id")}", answer.Headers.Location!.ToString());
        Assert.Equal(("laptop", "ssh-ed25519", line[..line.LastIndexOf(" made")]), (added.Text("name"), added.Text("type"), added.Text("public_key")));
        Assert.StartsWith("SHA256:", added.Text("fingerprint"));
        Assert.Equal(JsonValueKind.Null, added.GetProperty("hosting_id").ValueKind);
        Assert.Equal(added.ToString(), (await (await person.Http.GetAsync(answer.Headers.Location)).DataAsync()).ToString());
        Assert.Equal([added.ToString()], (await ListAsync(person)).Select(k => k.ToString()));

        var removed = await person.Http.DeleteAsync(answer.Headers.Location);
        Assert.Equal((HttpStatusCode.OK, added.ToString()), (removed.StatusCode, (await removed.DataAsync()).ToString()));
        Assert.Empty(await ListAsync(person));
        await Problems.ExpectAsync(await person.Http.GetAsync(answer.Headers.Location), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await person.Http.DeleteAsync(answer.Headers.Location), HttpStatusCode.NotFound);
        Assert.Equal("ssh_key.add ssh_key.remove", await portal.Database.ScalarAsync<string>(
            "select string_agg(action, ' ' order by id) from audit_entries where subject = @f and outcome = 'succeeded'", ("f", added.Text("fingerprint"))));
    }

    [Fact]
    public async Task AnotherPersonsKeyDoesNotExist()
    {
        var (person, other) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        var location = (await AddAsync(person, "laptop", TestKeys.Public)).Headers.Location;

        await Problems.ExpectAsync(await other.Http.GetAsync(location), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await other.Http.DeleteAsync(location), HttpStatusCode.NotFound);
        Assert.Empty(await ListAsync(other));
        Assert.Single(await ListAsync(person));
        await Problems.ExpectAsync(await Person.Stranger(portal).GetAsync("ssh-keys"), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task TheSameKeyTwiceIsAConflictButTwoPeopleMayShareOne()
    {
        var (person, other) = (await Person.AddAsync(portal), await Person.AddAsync(portal));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => AddAsync(person, $"laptop {i}", TestKeys.Public)));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        foreach (var again in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            await Problems.ExpectAsync(again, HttpStatusCode.Conflict);
        Assert.Equal(HttpStatusCode.Created, (await AddAsync(other, "laptop", TestKeys.Public)).StatusCode);
    }

    [Theory]
    [InlineData(null, "good", "name")]
    [InlineData("", "good", "name")]
    [InlineData(" \t ", "good", "name")]
    [InlineData("two\nlines", "good", "name")]
    [InlineData("laptop", null, "public_key")]
    [InlineData("laptop", " ", "public_key")]
    [InlineData("laptop", "ssh-ed25519 AAAA", "public_key")]
    [InlineData("laptop", "from=\"*\" good", "public_key")]
    public async Task BadInputIsA400ThatNamesTheField(string? name, string? key, string field)
    {
        var person = await Person.AddAsync(portal);

        await Problems.ExpectAsync(await AddAsync(person, name, key?.Replace("good", TestKeys.Public)), HttpStatusCode.BadRequest, field);

        Assert.Empty(await ListAsync(person));
    }

    [Fact]
    public async Task ANameHasAtMost100Characters()
    {
        var person = await Person.AddAsync(portal);
        await Problems.ExpectAsync(await AddAsync(person, new string('n', 101), TestKeys.Public), HttpStatusCode.BadRequest, "name");
        Assert.Equal(HttpStatusCode.Created, (await AddAsync(person, new string('n', 100), TestKeys.Public)).StatusCode);
    }

    [Fact]
    public async Task ThereIsAnEndToHowManyKeysAPersonMayHave()
    {
        var person = await Person.AddAsync(portal);
        Task<HttpResponseMessage> AddAnotherAsync() => AddAsync(person, "one of many", SshKeyPair.Create("many").PublicKey);
        for (var i = 0; i < SshKey.MaxPerPerson; i++)
            Assert.Equal(HttpStatusCode.Created, (await AddAnotherAsync()).StatusCode);

        await Problems.ExpectAsync(await AddAnotherAsync(), HttpStatusCode.Conflict);

        (await person.Http.DeleteAsync($"ssh-keys/{(await ListAsync(person))[0].Text("id")}")).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Created, (await AddAnotherAsync()).StatusCode);
    }

    [Fact]
    public async Task TheKeyThatCameWithAHostingNamesItAndGoesWithIt()
    {
        var person = await Person.AddAsync(portal);
        (await person.Http.PostAsJsonAsync("host", new { ssh_public_key = TestKeys.Public })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Created, (await AddAsync(person, "everywhere", TestKeys.Public)).StatusCode);
        var hosting = (await (await person.Http.GetAsync("host/my")).DataAsync()).Text("id");

        Assert.Equal([hosting, null], (await ListAsync(person)).Select(k => k.GetProperty("hosting_id").GetString()));

        await portal.Engine.EraseAsync(person.Name);
        Assert.Equal(["everywhere"], (await ListAsync(person)).Select(k => k.Text("name")));
    }

    [Fact]
    public async Task AHostingSaysThatItsMachineDoesNotKnowAKeyYet()
    {
        var person = await Person.AddAsync(portal);
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(person.Name);
        await portal.Database.ExecuteAsync("update hostings set keys_applied = keys_wanted where slug = @slug", ("slug", person.Name));
        Assert.False(await IsPendingAsync(person));

        var location = (await AddAsync(person, "laptop", TestKeys.Public)).Headers.Location;
        Assert.True(await IsPendingAsync(person));
        await portal.Database.ExecuteAsync("update hostings set keys_applied = keys_wanted where slug = @slug", ("slug", person.Name));
        await person.Http.DeleteAsync(location);
        Assert.True(await IsPendingAsync(person));
    }

    private static async Task<bool> IsPendingAsync(Person person) =>
        (await (await person.Http.GetAsync("host/my")).DataAsync()).GetProperty("keys_pending").GetBoolean();

    private static Task<HttpResponseMessage> AddAsync(Person person, string? name, string? key) =>
        person.Http.PostAsJsonAsync("ssh-keys", new { name, public_key = key });

    private static async Task<JsonElement[]> ListAsync(Person person) =>
        [.. (await (await person.Http.GetAsync("ssh-keys")).DataAsync()).EnumerateArray()];
}
