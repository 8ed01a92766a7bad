using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

/// <summary>What somebody who guesses can learn, and how often they may.</summary>
[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class SignInGuessingTests(PortalFixture portal)
{
    private const string Wrong = "not this one at all";

    [Fact]
    public async Task WrongTriesCountAlikeByJSONByFormByOAuth2AndByThePage()
    {
        var person = await Person.RegisterAsync(portal);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await JsonAsync(person.Name)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await FormAsync("auth/login", person.Name)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await FormAsync("auth/token", person.Name)).StatusCode);
            using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = portal.Url };
            var page = await Pages.SubmitAsync(browser, "/login", ("Input.Name", person.Name), ("Input.Password", Wrong));
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        await Problems.ExpectAsync(await JsonAsync(person.Name, Person.Password), HttpStatusCode.Unauthorized);
        Assert.Equal($"succeeded {string.Concat(Enumerable.Repeat("refused ", 8))}locked", await OutcomesAsync(person.Name));
    }

    [Fact]
    public async Task ASignInLeavesAnAuditEntryHoweverItEnds()
    {
        var person = await Person.RegisterAsync(portal);
        await JsonAsync(person.Name);
        Assert.Equal("succeeded refused", await OutcomesAsync(person.Name));
    }

    [Fact]
    public async Task AStrangerAndADisabledPersonTakeAsLongAsAWrongPassword()
    {
        var (known, disabled) = (await Person.RegisterAsync(portal), await Person.RegisterAsync(portal));
        await portal.Database.ExecuteAsync("update users set disabled_at = now() where user_name = @name", ("name", disabled.Name));
        var (wrong, unknown, shut) = (new List<double>(), new List<double>(), new List<double>());
        var answers = new HashSet<string>();
        for (var i = 0; i < 7; i++)
        {
            wrong.Add(await TimeAsync(known.Name, Wrong, answers));
            unknown.Add(await TimeAsync($"{known.Name}-not", Wrong, answers));
            shut.Add(await TimeAsync(disabled.Name, Person.Password, answers));
        }

        Assert.Single(answers);
        // Without the hash of a password it would be a tenth.
        Assert.InRange(Median(unknown) / Median(wrong), 0.33, 3);
        Assert.InRange(Median(shut) / Median(wrong), 0.33, 3);
    }

    private async Task<double> TimeAsync(string name, string password, HashSet<string> answers)
    {
        var watch = Stopwatch.StartNew();
        var answer = await JsonAsync(name, password);
        answers.Add($"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private Task<string?> OutcomesAsync(string name) => portal.Database.ScalarAsync<string>(
        "select string_agg(outcome, ' ' order by id) from audit_entries where action = 'account.sign_in' and subject = @name", ("name", name));

    private Task<HttpResponseMessage> JsonAsync(string username, string password = Wrong) =>
        Person.Stranger(portal).PostAsJsonAsync("auth/login", new { username, password });

    private Task<HttpResponseMessage> FormAsync(string path, string username) => Person.Stranger(portal).PostAsync(
        path, new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = username, ["password"] = Wrong }));
}
