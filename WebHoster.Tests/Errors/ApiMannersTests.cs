using System.Net;
using System.Net.Http.Json;
using System.Text;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Errors;

[Trait("Category", "Integration")]
public sealed class ApiMannersTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    private readonly HttpClient _http = Person.Stranger(portal);

    [Theory]
    [InlineData("GET", "auth/me", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "host/my", HttpStatusCode.Unauthorized)]
    [InlineData("POST", "host", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "operations", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "../nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "operations/not-an-id", HttpStatusCode.NotFound)]
    [InlineData("PUT", "auth/login", HttpStatusCode.MethodNotAllowed)]
    public async Task EveryFailureIsAProblemAndNeverARedirect(string method, string path, HttpStatusCode status) =>
        await Problems.ExpectAsync(await _http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)), status);

    [Theory]
    [InlineData("{", "body")]
    [InlineData("[]", "body")]
    [InlineData("{\"email\":5}", "email")]
    [InlineData("{\"username\":{}}", "username")]
    public async Task BadJSONIsA400ThatSaysWhere(string json, string field)
    {
        foreach (var path in new[] { "auth/register", "auth/login" })
            await Problems.ExpectAsync(await _http.PostAsync(path, Json(json)), HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task ABodyOfAnotherTypeIsA415AndAHugeOneA413()
    {
        await Problems.ExpectAsync(await _http.PostAsync("auth/register", new StringContent("x", Encoding.UTF8, "text/plain")), HttpStatusCode.UnsupportedMediaType);
        var huge = Json($"{{\"email\":\"{new string('a', 200_000)}\"}}");
        await Problems.ExpectAsync(await _http.PostAsync("auth/register", huge), HttpStatusCode.RequestEntityTooLarge);
        await Problems.ExpectAsync(await _http.PostAsync("auth/login", Json($"{{\"email\":\"{new string('a', 200_000)}\"}}")), HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("\"utf-8\"", HttpStatusCode.Unauthorized)]
    [InlineData("UTF-8", HttpStatusCode.Unauthorized)]
    [InlineData("us-ascii", HttpStatusCode.Unauthorized)]
    [InlineData("\"utf-16\"", HttpStatusCode.BadRequest)] // known; the bytes are not
    [InlineData("x", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("\"\"", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("utf-7", HttpStatusCode.UnsupportedMediaType)]
    public async Task ACharsetMayBeQuotedAndAnUnknownOneIsA415(string charset, HttpStatusCode status)
    {
        var body = new ByteArrayContent("{\"username\":\"nobody-here\",\"password\":\"not this one\"}"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={charset}");
        await Problems.ExpectAsync(await _http.PostAsync("auth/login", body), status, status == HttpStatusCode.BadRequest ? "body" : null);
    }

    [Theory]
    [InlineData("auth/login")]
    [InlineData("auth/token")]
    public async Task AFormInPartsIsA415(string path)
    {
        var body = new StringContent("--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nad");
        body.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await Problems.ExpectAsync(await _http.PostAsync(path, body), HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("GET", "files/content", "path")]
    [InlineData("DELETE", "files?path=/var/www/html/a&recursive=maybe", "recursive")]
    [InlineData("GET", "files/upload?path=/var/www/html/a&upload=x", "upload")]
    [InlineData("POST", "files/rename", "body")]
    public async Task AParameterThatIsMissingOrOfTheWrongKindIsNamed(string method, string path, string field)
    {
        var person = await Person.AddAsync(portal);
        var request = new HttpRequestMessage(new HttpMethod(method), $"hostings/{Guid.NewGuid()}/{path}");
        await Problems.ExpectAsync(await person.Http.SendAsync(request), HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task AfterAsManySecondsAsRetryAfterSaysTheNextTryIsHeard()
    {
        var person = await Person.AddAsync(portal);
        HttpResponseMessage answer;
        do
            answer = await person.Http.PostAsJsonAsync("account/delete", new { password = "wrong wrong wrong", confirm = person.Name });
        while (answer.StatusCode == HttpStatusCode.BadRequest);
        await Problems.ExpectAsync(answer, HttpStatusCode.TooManyRequests);
        var wait = answer.Headers.RetryAfter!.Delta!.Value;
        Assert.InRange(wait, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        await portal.Database.ExecuteAsync("update users set lockout_end = lockout_end - @wait where user_name = @name", ("wait", wait), ("name", person.Name));
        await Problems.ExpectAsync(
            await person.Http.PostAsJsonAsync("account/delete", new { password = "wrong wrong wrong", confirm = person.Name }), HttpStatusCode.BadRequest, "password");
    }

    [Theory]
    [InlineData("\\u0000")]
    [InlineData("\\ud800")]
    [InlineData("\\n")]
    [InlineData("' or 1=1 --")]
    [InlineData("\\\"; drop table users; --")]
    public async Task HostileTextInAnyFieldBreaksNothing(string text)
    {
        foreach (var field in new[] { "email", "username", "password" })
        {
            foreach (var path in new[] { "auth/register", "auth/login" })
            {
                var fields = new Dictionary<string, string> { ["email"] = "a@example.org", ["username"] = "fine", ["password"] = "wrong wrong wrong" };
                fields[field] = text;
                var json = $"{{{string.Join(',', fields.Select(f => $"\"{f.Key}\":\"{f.Value}\""))}}}";
                var answer = await _http.PostAsync(path, Json(json));
                Assert.InRange((int)answer.StatusCode, 200, 499); // some of it makes a fine password
            }
        }
    }

    [Fact]
    public async Task OnlyAListedOriginMayReadTheAPIFromABrowser()
    {
        Assert.Equal(PortalFixture.AllowedOrigin, await AllowedAsync(PortalFixture.AllowedOrigin));
        Assert.Null(await AllowedAsync("https://evil.example"));

        async Task<string?> AllowedAsync(string origin)
        {
            var request = new HttpRequestMessage(HttpMethod.Options, "host") { Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "POST" } } };
            var answer = await _http.SendAsync(request);
            return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
        }
    }

    [Fact]
    public async Task ACookieIsNobodyToTheAPI()
    {
        using var handler = new HttpClientHandler { CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler) { BaseAddress = portal.Url };
        await Pages.SignInAsync(browser, await Person.AddAsync(portal));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/dashboard")).StatusCode);
        await Problems.ExpectAsync(await browser.GetAsync("/api/v1/auth/me"), HttpStatusCode.Unauthorized);
        await Problems.ExpectAsync(await browser.PostAsJsonAsync("/api/v1/host", new { }), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task TheDocumentDescribesEveryCallAndNeedsNoToken()
    {
        var document = await (await _http.GetAsync("/openapi/v1.json")).JsonAsync();
        Assert.StartsWith("3.1", document.Text("openapi"));
        var paths = document.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToHashSet();
        Assert.Superset(
            new HashSet<string> { "/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/host", "/api/v1/host/my/rebuild", "/api/v1/operations/{id}/events" }, paths);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("/docs/index.html")).StatusCode);
    }

    [Fact]
    public async Task TheLogIsStructuredAndHoldsNoPasswordAndNoToken()
    {
        var person = await Person.AddAsync(portal);
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();
        var file = Directory.GetFiles(portal.LogFolder, "web-*.log").Single();
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var log = await reader.ReadToEndAsync();
        Assert.Contains("\"HostingId\":", log);
        Assert.Contains("\"OperationId\":", log);
        Assert.Contains("\"RequestId\":", log);
        foreach (var secret in new[] { Person.Password, "PRIVATE KEY", person.Http.DefaultRequestHeaders.Authorization!.Parameter! })
        {
            Assert.DoesNotContain(secret, log);
            Assert.DoesNotContain(secret, portal.Output);
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
