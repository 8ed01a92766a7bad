using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class ApiAuthTests(PortalFixture portal)
{
    private readonly HttpClient _http = Person.Stranger(portal);

    [Fact]
    public async Task RegisteringAnswers201WithThePersonInAnEnvelopeAndANormalisedEmail()
    {
        var name = Person.NewName();
        var answer = await RegisterAsync($"  {name.ToUpperInvariant()}@Example.ORG ", name, Person.Password);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = await answer.JsonAsync();
        Assert.True(body.GetProperty("success").GetBoolean());
        Assert.Equal($"{name}@example.org", body.GetProperty("data").Text("email"));
        Assert.Equal(name, body.GetProperty("data").Text("username"));
    }

    [Theory]
    [InlineData("no-at-sign", "fine", Person.Password, "email")]
    [InlineData("a@b@c", "fine", Person.Password, "email")]
    [InlineData("a\n@example.org", "fine", Person.Password, "email")]
    [InlineData("аda@example.org", "fine", Person.Password, "email")]
    [InlineData("a@example.org", "fine\n", Person.Password, "username")]
    [InlineData("a@example.org", "Fine", Person.Password, "username")]
    [InlineData("a@example.org", "admin", Person.Password, "username")]
    [InlineData("a@example.org", "a{b}", Person.Password, "username")]
    [InlineData("a@example.org", "", Person.Password, "username")]
    [InlineData("a@example.org", "fine", "short", "password")]
    [InlineData("a@example.org", "fine", "password123", "password")]
    [InlineData("ada.lovelace@example.org", "fine", "ADA.lovelace@example.org", "password")]
    [InlineData("a@example.org", "long-username", "Long-Username", "password")]
    public async Task ABadFieldIsA400ThatNamesIt(string email, string username, string password, string field)
    {
        var answer = await RegisterAsync(email, username, password);
        await Problems.ExpectAsync(answer, HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task ATakenEmailOrUsernameIsA409()
    {
        var (first, second) = (Person.NewName(), Person.NewName());
        (await RegisterAsync($"{first}@example.org", first, Person.Password)).EnsureSuccessStatusCode();
        await Problems.ExpectAsync(await RegisterAsync($"{first.ToUpperInvariant()}@example.org", second, Person.Password), HttpStatusCode.Conflict);
        await Problems.ExpectAsync(await RegisterAsync($"{second}@example.org", first, Person.Password), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task OfTenThatRegisterTheSameNameAtOnceOneGetsIt()
    {
        var name = Person.NewName();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => RegisterAsync($"{name}.{i}@example.org", name, Person.Password)));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.All(answers.Where(a => a.StatusCode != HttpStatusCode.Created), a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
        Assert.Equal(1, await portal.Database.ScalarAsync<long>("select count(*) from users where user_name = @name", ("name", name)));
    }

    [Fact]
    public async Task SigningInWorksByEmailByUsernameByFormAndByOAuth2()
    {
        var person = await Person.RegisterAsync(portal);
        HttpResponseMessage[] answers =
        [
            await _http.PostAsJsonAsync("auth/login", new { email = $"{person.Name}@EXAMPLE.org", password = Person.Password }),
            await _http.PostAsJsonAsync("auth/login", new { username = person.Name, password = Person.Password }),
            await _http.PostAsync("auth/login", Form(("username", person.Name), ("password", Person.Password))),
            await _http.PostAsync("auth/login", Form(("username", $"{person.Name}@example.org"), ("password", Person.Password))),
            await _http.PostAsync("auth/token", Form(("grant_type", "password"), ("username", person.Name), ("password", Person.Password))),
        ];
        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var token = await answer.JsonAsync();
            Assert.Equal("bearer", token.Text("token_type"));
            Assert.Equal(1440 * 60, token.GetProperty("expires_in").GetInt32());
            Assert.Equal(3, token.EnumerateObject().Count());
            Assert.Equal(HttpStatusCode.OK, (await MeAsync(token.Text("access_token"))).StatusCode);
        }
    }

    [Fact]
    public async Task AWrongPasswordAndAnUnknownPersonGetTheSameAnswer()
    {
        var person = await Person.RegisterAsync(portal);
        var wrong = await _http.PostAsJsonAsync("auth/login", new { username = person.Name, password = "not this one at all" });
        var unknown = await _http.PostAsJsonAsync("auth/login", new { username = "nobody-here", password = "not this one at all" });
        await Problems.ExpectAsync(wrong, HttpStatusCode.Unauthorized);
        await Problems.ExpectAsync(unknown, HttpStatusCode.Unauthorized);
        Assert.Equal(await wrong.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AfterEightWrongTriesAtOnceEvenTheRightPasswordIsRefused()
    {
        var person = await Person.RegisterAsync(portal);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            _http.PostAsync("auth/login", Form(("username", person.Name), ("password", "wrong wrong wrong")))));
        var right = await _http.PostAsJsonAsync("auth/login", new { username = person.Name, password = Person.Password });
        await Problems.ExpectAsync(right, HttpStatusCode.Unauthorized);
        await portal.Database.ExecuteAsync("update users set lockout_end = now() - interval '1 second' where user_name = @name", ("name", person.Name));
        Assert.Equal(HttpStatusCode.OK, (await _http.PostAsJsonAsync("auth/login", new { username = person.Name, password = Person.Password })).StatusCode);
    }

    [Fact]
    public async Task AChangedSecurityStampEndsTheToken()
    {
        var person = await Person.RegisterAsync(portal);
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync("auth/me")).StatusCode);
        await portal.Database.ExecuteAsync("update users set security_stamp = 'other' where user_name = @name", ("name", person.Name));
        await Problems.ExpectAsync(await person.Http.GetAsync("auth/me"), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.")]
    [InlineData("rubbish")]
    public async Task ATokenThatIsNotOursIsA401(string token) =>
        await Problems.ExpectAsync(await MeAsync(token), HttpStatusCode.Unauthorized);

    private Task<HttpResponseMessage> RegisterAsync(string email, string username, string password) =>
        _http.PostAsJsonAsync("auth/register", new { email, username, password });

    private Task<HttpResponseMessage> MeAsync(string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "auth/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return _http.SendAsync(request);
    }

    private static StringContent Form(params (string Key, string Value)[] fields) => new(
        string.Join('&', fields.Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}")), Encoding.UTF8, "application/x-www-form-urlencoded");
}
