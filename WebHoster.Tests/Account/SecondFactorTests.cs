using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

/// <summary>An account with an authenticator app, by page and by API.</summary>
[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class SecondFactorTests(PortalFixture portal)
{
    [Fact]
    public async Task ThePageAsksForTheCodeAfterThePasswordAndTakesEachOnce()
    {
        var (person, app, _) = await WithAppAsync();
        using var browser = Pages.Browser(portal);
        var first = await Pages.SignInAsync(browser, person, "/tokens");
        Assert.StartsWith("/login/code", new Uri(portal.Url, first.Headers.Location!).PathAndQuery);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/dashboard")).StatusCode);

        var wrong = await Pages.SubmitAsync(browser, "/login/code?returnUrl=/tokens", ("Code", "000000"));
        Assert.Contains("This code is wrong", await wrong.Content.ReadAsStringAsync());
        var used = await Pages.SubmitAsync(browser, "/login/code?returnUrl=/tokens", ("Code", app.OldCode()));
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        var right = await Pages.SubmitAsync(browser, "/login/code?returnUrl=/tokens", ("Code", app.Code()));
        Assert.Equal("/tokens", new Uri(portal.Url, right.Headers.Location!).PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/dashboard")).StatusCode);
        Assert.Equal("succeeded code_asked code_wrong code_wrong succeeded", await OutcomesAsync(person));
    }

    [Fact]
    public async Task ARecoveryCodeOpensTheAccountOnceAndNewOnesEndTheOld()
    {
        var (person, _, codes) = await WithAppAsync();
        foreach (var (code, location) in new[] { (codes[0].ToLowerInvariant(), "/dashboard"), (codes[0], null), (codes[1], "/dashboard") })
        {
            using var browser = Pages.Browser(portal);
            await Pages.SignInAsync(browser, person);
            var answer = await Pages.SubmitAsync(browser, "/login/code", ("Code", code));
            Assert.Equal(location, answer.Headers.Location is { } to ? new Uri(portal.Url, to).PathAndQuery : null);
            if (code != codes[1])
                continue;
            var renewed = await Pages.SubmitFormAsync(browser, "/account/security", "codes", ("Password", Person.Password));
            Assert.Contains("Recovery codes", await renewed.Content.ReadAsStringAsync());
            Assert.True(renewed.Headers.CacheControl?.NoStore);
        }

        using var late = Pages.Browser(portal);
        await Pages.SignInAsync(late, person);
        Assert.Equal(HttpStatusCode.OK, (await Pages.SubmitAsync(late, "/login/code", ("Code", codes[2]))).StatusCode);
    }

    [Fact]
    public async Task TheApiTakesTheCodeWithThePasswordAndSaysTheSameToEverybodyElse()
    {
        var (person, app, codes) = await WithAppAsync();
        var answers = new List<string>();
        foreach (var (password, otp) in new[] { (Person.Password, null), (Person.Password, ""), (Person.Password, "000000"), ("not this one at all", app.Code()), ("not this one at all", null) })
        {
            var refused = await SignInAsync(person.Name, password, otp);
            await Problems.ExpectAsync(refused, HttpStatusCode.Unauthorized);
            answers.Add(await refused.Content.ReadAsStringAsync());
        }
        answers.Add(await (await SignInAsync("nobody-at-all", "not this one at all", null)).Content.ReadAsStringAsync());
        Assert.Single(answers.Distinct());

        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Name, Person.Password, app.Code())).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(person.Name, Person.Password, app.OldCode())).StatusCode);
        foreach (var (path, code) in new[] { ("auth/login", codes[0]), ("auth/token", codes[1]) })
        {
            var form = new Dictionary<string, string> { ["username"] = person.Name, ["password"] = Person.Password, ["otp"] = code };
            Assert.Equal(HttpStatusCode.OK, (await Person.Stranger(portal).PostAsync(path, new FormUrlEncodedContent(form))).StatusCode);
        }
    }

    [Theory]
    [InlineData("000000")]
    [InlineData(null)]
    public async Task WrongAndMissingCodesLockTheAccountAsWrongPasswordsDo(string? otp)
    {
        var (person, app, _) = await WithAppAsync();
        for (var i = 0; i < 8; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(person.Name, Person.Password, otp)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(person.Name, Person.Password, app.Code())).StatusCode);
    }

    [Fact]
    public async Task ARightPasswordInBetweenForgivesNoWrongCodes()
    {
        var (person, app, _) = await WithAppAsync();
        using var browser = Pages.Browser(portal);
        for (var i = 0; i < 8; i++)
        {
            await Pages.SignInAsync(browser, person);
            await Pages.SubmitAsync(browser, "/login/code", ("Code", "000000"));
        }
        Assert.Equal(HttpStatusCode.OK, (await Pages.SubmitAsync(browser, "/login/code", ("Code", app.Code()))).StatusCode);
        Assert.EndsWith("locked", await OutcomesAsync(person));
    }

    [Fact]
    public async Task SettingItUpTakesThePasswordAndTheRightCodeAndEndsOtherSessions()
    {
        var person = await Person.RegisterAsync(portal);
        using var browser = Pages.Browser(portal);
        await Pages.SignInAsync(browser, person);
        using var other = Pages.Browser(portal);
        await Pages.SignInAsync(other, person);
        var bad = await Pages.SubmitFormAsync(browser, "/account/security/app", "app", ("Code", "000000"), ("Password", Person.Password));
        Assert.Contains("This is not the code", await bad.Content.ReadAsStringAsync());
        var without = await Pages.SubmitFormAsync(browser, "/account/security/app", "app", ("Code", "000000"), ("Password", "not this one at all"));
        Assert.Contains("This is not your password", await without.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync("auth/me")).StatusCode);

        var (app, _) = await AuthenticatorApp.SetUpAsync(browser);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.Http.GetAsync("auth/me")).StatusCode);
        var kept = await portal.Database.ScalarAsync<string>("select totp_secret from users where user_name = @name", ("name", person.Name));
        Assert.DoesNotContain(app.Secret, kept);

        var off = await Pages.SubmitFormAsync(browser, "/account/security", "app-off", ("Password", Person.Password));
        Assert.Equal(HttpStatusCode.Redirect, off.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Name, Person.Password, null)).StatusCode);
    }

    [Fact]
    public async Task AnAdministratorForgetsTheAppOfWhoHasLostItAndTheSessionsEnd()
    {
        var (person, _, _) = await WithAppAsync();
        var admin = await Person.AddAdminAsync(portal);
        var id = await portal.Database.ScalarAsync<Guid>("select id from users where user_name = @name", ("name", person.Name));
        var answer = await admin.Http.PostAsync($"admin/users/{id}/forget-second-factor", null);
        Assert.False((await answer.DataAsync()).GetProperty("has_authenticator_app").GetBoolean());
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Name, Person.Password, null)).StatusCode);
    }

    private async Task<(Person Person, AuthenticatorApp App, IReadOnlyList<string> Codes)> WithAppAsync()
    {
        var person = await Person.AddAsync(portal);
        using var browser = Pages.Browser(portal);
        await Pages.SignInAsync(browser, person);
        var (app, codes) = await AuthenticatorApp.SetUpAsync(browser);
        return (person, app, codes);
    }

    private Task<HttpResponseMessage> SignInAsync(string username, string password, string? otp) =>
        Person.Stranger(portal).PostAsJsonAsync("auth/login", new { username, password, otp });

    private Task<string?> OutcomesAsync(Person person) => portal.Database.ScalarAsync<string>(
        "select string_agg(outcome, ' ' order by id) from audit_entries where action = 'account.sign_in' and subject = @name", ("name", person.Name));
}
