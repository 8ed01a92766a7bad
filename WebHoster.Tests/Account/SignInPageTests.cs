using System.Net;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class SignInPageTests(PortalFixture portal)
{
    [Fact]
    public async Task APageThatNeedsAPersonLeadsToTheSignInAndBack()
    {
        using var browser = Browser();
        var answer = await browser.GetAsync("/dashboard");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/login", answer.Headers.Location!.AbsolutePath);
        Assert.Equal("?returnUrl=%2Fdashboard", answer.Headers.Location.Query);
    }

    [Theory]
    [InlineData("/dashboard", "/dashboard")]
    [InlineData("https://evil.example/", "/dashboard")]
    [InlineData("//evil.example/", "/dashboard")]
    [InlineData("/\\evil.example/", "/dashboard")]
    public async Task AfterSigningInOneStaysOnThisPortal(string returnUrl, string expected)
    {
        using var browser = Browser();
        var answer = await Pages.SignInAsync(browser, await Person.RegisterAsync(portal), returnUrl);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(expected, new Uri(portal.Url, answer.Headers.Location!).PathAndQuery);
    }

    [Fact]
    public async Task EveryCookieHasThePrefixThatTheSitesNginxKeepsFromGuests()
    {
        using var browser = Browser();
        var form = await browser.GetAsync("/login");
        var signedIn = await Pages.SignInAsync(browser, await Person.RegisterAsync(portal));
        var cookies = form.Headers.GetValues("Set-Cookie").Concat(signedIn.Headers.GetValues("Set-Cookie")).ToList();
        Assert.Equal(2, cookies.Count);
        Assert.All(cookies, c => Assert.StartsWith(".WebHoster.", c));
    }

    [Fact]
    public async Task AFormWithoutItsTokenIsRefused()
    {
        using var browser = Browser();
        var answer = await browser.PostAsync("/login", new FormUrlEncodedContent(
            new Dictionary<string, string> { ["_handler"] = "login", ["Input.Name"] = "x", ["Input.Password"] = "y" }));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/logout", new FormUrlEncodedContent([]))).StatusCode);
    }

    [Fact]
    public async Task AWrongPasswordIsToldInThePageAndNeverSentBack()
    {
        using var browser = Browser();
        var answer = await Pages.SubmitAsync(browser, "/login", ("Input.Name", "nobody"), ("Input.Password", "secret-typed-here"));
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("The email, username or password is wrong", html);
        Assert.DoesNotContain("secret-typed-here", html);
    }

    [Fact]
    public async Task SigningOutEndsTheSession()
    {
        using var browser = Browser();
        await Pages.SignInAsync(browser, await Person.RegisterAsync(portal));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/dashboard")).StatusCode);
        var html = await (await browser.GetAsync("/")).Content.ReadAsStringAsync();
        var token = html.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0];
        var answer = await browser.PostAsync("/logout", new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token }));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/dashboard")).StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/login")]
    [InlineData("/nowhere")]
    public async Task PagesCarryTheSafetyHeaders(string path)
    {
        using var browser = Browser();
        var headers = (await browser.GetAsync(path)).Headers;
        Assert.Contains("frame-ancestors 'none'", Assert.Single(headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task APageFromAnotherOriginCannotPostOrOpenACircuit()
    {
        using var browser = Browser();
        foreach (var (method, path) in new[] { (HttpMethod.Post, "/logout"), (HttpMethod.Post, "/_blazor/negotiate"), (HttpMethod.Get, "/hubs/hostings") })
        {
            // A customer's site: the same host, another port, and so the same site to a browser's cookies.
            var request = new HttpRequestMessage(method, path) { Headers = { { "Origin", $"http://localhost:{portal.Port + 1}" } } };
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(request)).StatusCode);
        }
    }

    private HttpClient Browser() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = portal.Url };
}
