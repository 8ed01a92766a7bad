using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Idempotency;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class IdempotentPostsTests(PortalFixture portal)
{
    [Fact]
    public async Task AskedAgainTheFirstAnswerIsRepeatedWithoutItsSecret()
    {
        var person = await Person.AddAsync(portal);
        var first = await PostAsync(person, "host", "one");
        var second = await PostAsync(person, "host", "one");
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal((first.StatusCode, first.Headers.Location), (second.StatusCode, second.Headers.Location));
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        var (said, repeated) = (await first.DataAsync(), await second.DataAsync());
        Assert.StartsWith("-----BEGIN", said.Text("ssh_private_key"));
        Assert.Equal(JsonValueKind.Null, repeated.GetProperty("ssh_private_key").ValueKind);
        Assert.Equal(
            said.EnumerateObject().Where(m => m.Name != "ssh_private_key").Select(m => m.ToString()),
            repeated.EnumerateObject().Where(m => m.Name != "ssh_private_key").Select(m => m.ToString()));
        Assert.Equal(0, await portal.Database.ScalarAsync<long>("select count(*) from idempotency_records where body like '%PRIVATE KEY%'"));
    }

    [Fact]
    public async Task AWebhooksSecretIsNotKeptEither()
    {
        var admin = await Person.AddAdminAsync(portal);
        const string Target = """{"kind":"webhook","name":"hook","address":"https://hooks.example.org/x"}""";
        var first = await PostAsync(admin, "admin/alerts/targets", "one", Target);
        var second = await PostAsync(admin, "admin/alerts/targets", "one", Target);
        Assert.True(first.Headers.CacheControl!.NoStore);
        Assert.StartsWith("whsec_", (await first.DataAsync()).Text("secret"));
        Assert.Equal(JsonValueKind.Null, (await second.DataAsync()).GetProperty("secret").ValueKind);
        Assert.Equal(0, await portal.Database.ScalarAsync<long>("select count(*) from idempotency_records where body like '%whsec_%'"));
    }

    [Theory]
    [InlineData("host", """{"ssh_public_key":null}""")]
    [InlineData("hostings", "{}")]
    [InlineData("host?again", "{}")]
    public async Task TheSameKeyWithAnotherRequestIsA422(string path, string body)
    {
        var person = await Person.AddAsync(portal);
        (await PostAsync(person, "host", "one")).EnsureSuccessStatusCode();
        await Problems.ExpectAsync(await PostAsync(person, path, "one", body), HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("two\twords")]
    [InlineData("256")]
    public async Task AMalformedKeyIsNamed(string key)
    {
        var person = await Person.AddAsync(portal);
        await Problems.ExpectAsync(
            await PostAsync(person, "host", key == "256" ? new string('k', 256) : key), HttpStatusCode.BadRequest, "Idempotency-Key");
        await Problems.ExpectAsync(await person.Http.GetAsync("host/my"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task TheLongestKeyIsTaken()
    {
        var person = await Person.AddAsync(portal);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(person, "host", new string('~', 255))).StatusCode);
    }

    [Fact]
    public async Task OfTwentyAtOnceWithOneKeyOneIsDoneAndNoneIsRefusedForGood()
    {
        var person = await Person.AddAsync(portal);
        await TestPlans.GiveAsync(portal.Database, person.Name, 30);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(person, "hostings", "one")));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Accepted && !a.Headers.Contains("Idempotency-Replayed"));
        foreach (var other in answers.Where(a => a.StatusCode != HttpStatusCode.Accepted))
        {
            await Problems.ExpectAsync(other, HttpStatusCode.Conflict);
            Assert.Equal(TimeSpan.FromSeconds(1), other.Headers.RetryAfter!.Delta);
        }
        Assert.Equal(1, await HostingsAsync(person));
        Assert.Equal("true", (await PostAsync(person, "hostings", "one")).Headers.GetValues("Idempotency-Replayed").Single());
    }

    [Fact]
    public async Task TwoPortalsOnOneDatabaseDoItOnce()
    {
        var other = new SecondPortal(portal);
        await other.InitializeAsync();
        try
        {
            var person = await Person.AddAsync(portal);
            await TestPlans.GiveAsync(portal.Database, person.Name, 30);
            using var there = Person.Stranger(other);
            there.DefaultRequestHeaders.Authorization = person.Http.DefaultRequestHeaders.Authorization;
            var answers = await Task.WhenAll(
                PostAsync(person, "hostings", "one"), PostAsync(new Person(person.Name, there), "hostings", "one"));
            Assert.Equal(1, await HostingsAsync(person));
            Assert.All(answers.Where(a => a.StatusCode != HttpStatusCode.Accepted), a => Assert.NotNull(a.Headers.RetryAfter));
            Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Accepted && !a.Headers.Contains("Idempotency-Replayed"));
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task WhatWasDoneBeforeAKillIsAnsweredFromWhatIsThereNow()
    {
        var person = await Person.AddAsync(portal);
        var first = await PostAsync(person, "host", "one");
        // The record is written with the hosting, in one transaction; its answer afterwards.
        await portal.Database.ExecuteAsync("update idempotency_records set status = null, body = null where key = 'one' and owner_id = (select id from users where user_name = @name)", ("name", person.Name));
        await portal.Engine.CreateAsync(person.Name);
        var again = await PostAsync(person, "host", "one");
        Assert.Equal((HttpStatusCode.Accepted, first.Headers.Location), (again.StatusCode, again.Headers.Location));
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        var data = await again.DataAsync();
        Assert.Equal((person.Name, "running"), (data.Text("slug"), data.Text("status")));
        Assert.DoesNotContain("PRIVATE KEY", data.ToString());
        Assert.Equal(1, await HostingsAsync(person));
    }

    [Fact]
    public async Task WhatIsCommittedBeforeTheAnswerCouldBeKeptIsKnownAfterwards()
    {
        var person = await Person.AddAsync(portal);
        await portal.Database.ExecuteAsync(
            $"""
             create function refuse_answer() returns trigger language plpgsql as $$ begin raise exception 'killed here'; end $$;
             create trigger refuse_answer before update on idempotency_records for each row
                 when (new.owner_id = '{await IdAsync(person)}') execute function refuse_answer();
             """);
        var first = await PostAsync(person, "host", "one");
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(0, await portal.Database.ScalarAsync<long>(
            "select count(*) from idempotency_records where owner_id = @id and status is not null", ("id", await IdAsync(person))));
        Assert.Equal(first.Headers.Location, (await PostAsync(person, "host", "one")).Headers.Location);
        await portal.Database.ExecuteAsync("drop function refuse_answer cascade");
    }

    [Fact]
    public async Task WhatWasRefusedMayBeAskedAgainWithTheSameKey()
    {
        var person = await Person.AddAsync(portal);
        await Problems.ExpectAsync(await PostAsync(person, "host/my/stop", "one", ""), HttpStatusCode.NotFound);
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(person.Name);
        var stop = await PostAsync(person, "host/my/stop", "one", "");
        Assert.Equal(HttpStatusCode.Accepted, stop.StatusCode);
        Assert.False(stop.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task WhatWasRefusedAfterAnAuditEntryIsRefusedAgain()
    {
        var person = await Person.AddAsync(portal);
        for (var i = 0; i < 2; i++)
        {
            await Problems.ExpectAsync(
                await PostAsync(person, "account/delete", "one", $$"""{"password":"not this one","confirm":"{{person.Name}}"}"""), HttpStatusCode.BadRequest, "password");
        }
    }

    [Theory]
    [InlineData("rename", """{"from":"/var/www/html/a","to":"/var/www/html/b"}""")]
    [InlineData("folders", """{"path":"/var/www/html/a"}""")]
    public async Task WhatNoWorkerCouldDoIsNotToldAsDone(string call, string body)
    {
        var person = await Person.AddAsync(portal);
        var id = (await (await person.CreateHostingAsync()).DataAsync()).Text("id");
        await portal.Engine.CreateAsync(person.Name);
        for (var i = 0; i < 2; i++)
            await Problems.ExpectAsync(await PostAsync(person, $"hostings/{id}/files/{call}", "one", body), HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task AfterADayAKeyIsNewAgain()
    {
        var person = await Person.AddAsync(portal);
        await PostAsync(person, "host", "one");
        await portal.Database.ExecuteAsync(
            "update idempotency_records set created_at = now() - interval '24 hours 1 second' where owner_id = @id", ("id", await IdAsync(person)));
        await Problems.ExpectAsync(await PostAsync(person, "host", "one"), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task AnotherPersonsSameKeyIsAnotherKey()
    {
        foreach (var person in new[] { await Person.AddAsync(portal), await Person.AddAsync(portal) })
        {
            var answer = await PostAsync(person, "host", "common");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Assert.Equal(person.Name, (await answer.DataAsync()).Text("slug"));
        }
    }

    [Fact]
    public async Task SignInsAndOtherMethodsTakeNoNoticeOfIt()
    {
        var person = await Person.AddAsync(portal);
        var login = new { username = person.Name, password = Person.Password };
        foreach (var _ in new[] { 1, 2 })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "auth/login") { Content = JsonContent.Create(login), Headers = { { "Idempotency-Key", "one" } } };
            var answer = await person.Http.SendAsync(request);
            Assert.NotEqual("", (await answer.JsonAsync()).Text("access_token"));
        }
        var get = new HttpRequestMessage(HttpMethod.Get, "operations") { Headers = { { "Idempotency-Key", "two words" } } };
        Assert.Equal(HttpStatusCode.OK, (await person.Http.SendAsync(get)).StatusCode);
        Assert.Equal(0, await portal.Database.ScalarAsync<long>("select count(*) from idempotency_records where owner_id = @id", ("id", await IdAsync(person))));
    }

    private static async Task<HttpResponseMessage> PostAsync(Person person, string path, string key, string body = "{}")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, null, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await person.Http.SendAsync(request);
    }

    private Task<Guid> IdAsync(Person person) =>
        portal.Database.ScalarAsync<Guid>("select id from users where user_name = @name", ("name", person.Name));

    private async Task<long> HostingsAsync(Person person) =>
        await portal.Database.ScalarAsync<long>("select count(*) from hostings where owner_id = @id", ("id", await IdAsync(person)));

    private sealed class SecondPortal(PortalFixture first) : PortalFixture
    {
        protected override Dictionary<string, string> Settings => new(base.Settings) { ["ConnectionStrings__Default"] = first.Database.ConnectionString };
    }
}
