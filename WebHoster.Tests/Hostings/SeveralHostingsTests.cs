using System.Net;
using System.Net.Http.Json;
using Npgsql;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class SeveralHostingsTests(PortalFixture portal)
{
    [Fact]
    public async Task TheFirstHasTheUsernameAnotherTheNameThatIsGivenOrANumber()
    {
        var person = await PersonAsync(4);
        var name = Person.NewName("shop");
        await Problems.ExpectAsync(await AddAsync(person, name), HttpStatusCode.BadRequest, "name");
        Assert.Equal(person.Name, await SlugAsync(await AddAsync(person)));
        Assert.Equal(name, await SlugAsync(await AddAsync(person, name)));
        Assert.Equal($"{person.Name}-2", await SlugAsync(await AddAsync(person)));
        Assert.Equal($"{person.Name}-3", await SlugAsync(await AddAsync(person)));
        Assert.Equal(person.Name, (await (await person.Http.GetAsync("host/my")).DataAsync()).Text("slug"));
    }

    [Fact]
    public async Task ANumberedNameIsCutToTheLengthOfASlug()
    {
        var person = await PersonAsync(2, Person.NewName("a-very-long-username-a").PadRight(29, 'x')[..27] + "-0");
        await AddAsync(person);
        Assert.Equal($"{person.Name[..27]}-2", await SlugAsync(await AddAsync(person)));
    }

    [Fact]
    public async Task ATakenNameIsA409WhoseverItIs()
    {
        var (person, other) = (await PersonAsync(3), await PersonAsync(2));
        var theirs = Person.NewName("theirs");
        await AddAsync(other);
        (await AddAsync(other, theirs)).EnsureSuccessStatusCode();
        await AddAsync(person);
        foreach (var taken in new[] { theirs, other.Name, person.Name })
        {
            var answer = await AddAsync(person, taken);
            await Problems.ExpectAsync(answer, HttpStatusCode.Conflict);
            Assert.Equal($"The name “{taken}” is taken. Choose another.", (await answer.JsonAsync()).Text("message"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Shop")]
    [InlineData("admin")]
    [InlineData("a--b")]
    public async Task ABadNameIsA400(string name)
    {
        var person = await PersonAsync(2);
        await AddAsync(person);
        await Problems.ExpectAsync(await AddAsync(person, name), HttpStatusCode.BadRequest, "name");
    }

    [Fact]
    public async Task AUsernameThatIsSomebodysHostingIsTaken()
    {
        var person = await PersonAsync(2);
        var name = Person.NewName("claimed");
        await AddAsync(person);
        (await AddAsync(person, name)).EnsureSuccessStatusCode();
        using var stranger = Person.Stranger(portal);
        var answer = await stranger.PostAsJsonAsync("auth/register", new { email = $"{name}@example.org", username = name, password = Person.Password });
        await Problems.ExpectAsync(answer, HttpStatusCode.Conflict);
        Assert.Contains("username is taken", (await answer.JsonAsync()).Text("message"));
        Assert.Equal(0, await portal.Database.ScalarAsync<long>("select count(*) from users where user_name = @name", ("name", name)));
    }

    [Fact]
    public async Task ANumberThatSomebodyTakesInTheSameMomentIsPassedOver()
    {
        var person = await PersonAsync(2);
        await AddAsync(person);
        await using var other = new NpgsqlConnection(portal.Database.ConnectionString);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var claim = new NpgsqlCommand("insert into names (name, owner_id) select @name || '-2', id from users where user_name = @name", other, transaction);
        claim.Parameters.AddWithValue("name", person.Name);
        await claim.ExecuteNonQueryAsync();

        var asked = AddAsync(person);
        await Eventually.TrueAsync(async () => await portal.Database.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0);
        await transaction.CommitAsync();
        Assert.Equal($"{person.Name}-3", await SlugAsync(await asked));
    }

    [Fact]
    public async Task AFullPlanIsA409ThatSaysSo()
    {
        var person = await Person.AddAsync(portal);
        await AddAsync(person);
        var answer = await AddAsync(person);
        await Problems.ExpectAsync(answer, HttpStatusCode.Conflict);
        Assert.Equal("Your plan, standard, allows 1 hosting, and you have as many. Delete one first.", (await answer.JsonAsync()).Text("message"));
    }

    [Fact]
    public async Task HostNeverMakesASecondOneWhateverThePlan()
    {
        var person = await PersonAsync(3);
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await Problems.ExpectAsync(await person.CreateHostingAsync(), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task OfTwentyCreatesAtOnceAsManyAreAcceptedAsThePlanAllows()
    {
        var person = await PersonAsync(3);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AddAsync(person)));
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.Accepted));
        foreach (var other in answers.Where(a => a.StatusCode != HttpStatusCode.Accepted))
            await Problems.ExpectAsync(other, HttpStatusCode.Conflict);
        Assert.Equal($"1:{person.Name} 2:{person.Name}-2 3:{person.Name}-3", await portal.Database.ScalarAsync<string>(
            "select string_agg(ordinal || ':' || slug, ' ' order by ordinal) from hostings where slug like @name || '%'", ("name", person.Name)));
    }

    [Fact]
    public async Task EachIsAskedByItsIdAndTheOthersStayAsTheyAre()
    {
        var person = await PersonAsync(2);
        await AddAsync(person);
        var id = (await (await AddAsync(person)).DataAsync()).Text("id");
        await portal.Engine.CreateAsync(person.Name);
        await portal.Engine.CreateAsync($"{person.Name}-2");

        var stop = await person.Http.PostAsync($"hostings/{id}/stop", null);
        Assert.Equal(HttpStatusCode.Accepted, stop.StatusCode);
        Assert.Equal((id, "stopping"), ((await stop.DataAsync()).Text("id"), (await stop.DataAsync()).Text("status")));
        Assert.Equal($"/api/v1/operations/{(await stop.DataAsync()).Text("operation_id")}", stop.Headers.Location!.ToString());
        Assert.Equal("running", (await (await person.Http.GetAsync("host/my")).DataAsync()).Text("status"));
        await Problems.ExpectAsync(await person.Http.PostAsync($"hostings/{id}/restart", null), HttpStatusCode.Conflict);
        await Problems.ExpectAsync(await person.Http.PostAsJsonAsync($"hostings/{id}/rebuild", new { confirm = person.Name }), HttpStatusCode.BadRequest, "confirm");

        var first = await person.Http.DeleteAsync($"hostings/{id}");
        Assert.Equal(first.Headers.Location, (await person.Http.DeleteAsync($"hostings/{id}")).Headers.Location);
        await portal.Engine.EraseAsync($"{person.Name}-2");
        await Problems.ExpectAsync(await person.Http.GetAsync($"hostings/{id}"), HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync("host/my")).StatusCode);
    }

    [Fact]
    public async Task ToAStrangerThereIsNoSuchHosting()
    {
        var (owner, stranger) = (await PersonAsync(1), await PersonAsync(1));
        var id = (await (await AddAsync(owner)).DataAsync()).Text("id");
        await portal.Engine.CreateAsync(owner.Name);
        await Problems.ExpectAsync(await stranger.Http.GetAsync($"hostings/{id}"), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await stranger.Http.DeleteAsync($"hostings/{id}"), HttpStatusCode.NotFound);
        foreach (var verb in new[] { "start", "stop", "restart", "rebuild" })
            await Problems.ExpectAsync(await stranger.Http.PostAsync($"hostings/{id}/{verb}", null), HttpStatusCode.NotFound);
        Assert.Equal(0, (await (await stranger.Http.GetAsync("hostings")).DataAsync()).GetArrayLength());
    }

    [Fact]
    public async Task TheListComesInPages()
    {
        var person = await PersonAsync(3);
        for (var i = 0; i < 3; i++)
            (await AddAsync(person)).EnsureSuccessStatusCode();
        await portal.Engine.SetAsync($"{person.Name}-2", "running");
        var first = await (await person.Http.GetAsync("hostings?limit=2&sort=slug")).JsonAsync();
        var last = await (await person.Http.GetAsync($"hostings?limit=2&sort=slug&cursor={first.GetProperty("page").Text("next_cursor")}")).JsonAsync();
        Assert.Equal([person.Name, $"{person.Name}-2", $"{person.Name}-3"],
            first.GetProperty("data").EnumerateArray().Concat(last.GetProperty("data").EnumerateArray()).Select(h => h.Text("slug")));
        var running = await (await person.Http.GetAsync("hostings?status=running")).DataAsync();
        Assert.Equal($"{person.Name}-2", Assert.Single(running.EnumerateArray()).Text("slug"));
        Assert.Equal(await TextAsync(person, $"hostings/{running[0].Text("id")}"), running[0].ToString());
    }

    private static async Task<string> TextAsync(Person person, string path) => (await (await person.Http.GetAsync(path)).DataAsync()).ToString();

    private static Task<HttpResponseMessage> AddAsync(Person person, string? name = null) => person.Http.PostAsJsonAsync("hostings", new { name });

    private static async Task<string> SlugAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.DataAsync()).Text("slug");
    }

    private async Task<Person> PersonAsync(int maxHostings, string? name = null)
    {
        var person = await Person.AddAsync(portal);
        if (name is not null)
        {
            await portal.Database.ExecuteAsync(
                "update users set user_name = @new where user_name = @old; ", ("new", name), ("old", person.Name));
            await portal.Database.ExecuteAsync("update names set name = @new where name = @old", ("new", name), ("old", person.Name));
            person = new Person(name, person.Http);
        }
        await TestPlans.GiveAsync(portal.Database, person.Name, maxHostings);
        return person;
    }
}
