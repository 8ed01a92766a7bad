using System.Net;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

/// <summary>Each sign-in is a row that its person sees and can end; what was opened by its cookie ends with it.</summary>
[Trait("Category", "Integration")]
public sealed partial class SessionPageTests(QuickPortalFixture portal) : IClassFixture<QuickPortalFixture>
{
    private const string Page = "/account/sessions";

    [Fact]
    public async Task EachBrowserIsListedAndOneIsSignedOutFromTheOther()
    {
        var person = await Person.AddAsync(portal);
        using var mine = await SignedInAsync(person);
        using var other = await SignedInAsync(person);
        var html = await mine.GetStringAsync(Page);
        Assert.Equal(2, Regex.Count(html, "data-session="));
        Assert.Contains("Firefox on Linux", html);
        Assert.Matches("from (127.0.0.1|::1)", html);
        Assert.Single(EndForm().Matches(html));

        var answer = await Pages.PostAsync(mine, Page, html, EndForm().Match(html).Groups[1].Value);
        Assert.Equal($"{Page}?done=ended", new Uri(portal.Url, answer.Headers.Location!).PathAndQuery);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await mine.GetAsync("/dashboard")).StatusCode);
    }

    [Fact]
    public async Task SigningOutEverywhereEndsEveryCookieAndAccessTokenAndNoApiToken()
    {
        var person = await Person.AddAsync(portal);
        var script = await person.WithTokenAsync(portal, "read");
        using var mine = await SignedInAsync(person);
        using var other = await SignedInAsync(person);
        await Pages.SubmitFormAsync(mine, Page, "everywhere");
        Assert.Equal(HttpStatusCode.Redirect, (await mine.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.Http.GetAsync("auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await script.Http.GetAsync("auth/me")).StatusCode);
    }

    [Fact]
    public async Task ACopiedCookieOpensNothingAfterTheSignOut()
    {
        var person = await Person.AddAsync(portal);
        using var browser = await SignedInAsync(person, out var cookies);
        using var thief = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = portal.Url };
        thief.DefaultRequestHeaders.Add("Cookie", cookies.GetCookieHeader(portal.Url));
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/dashboard")).StatusCode);
        var html = await browser.GetStringAsync("/");
        var token = html.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0];
        await browser.PostAsync("/logout", new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token }));
        Assert.Equal(HttpStatusCode.Redirect, (await thief.GetAsync("/dashboard")).StatusCode);
    }

    [Fact]
    public async Task AHubConnectionThatACookieOpenedEndsWithItsSession()
    {
        var person = await Person.AddAsync(portal);
        using var browser = await SignedInAsync(person, out var cookies);
        using var socket = new ClientWebSocket();
        socket.Options.Cookies = cookies;
        socket.Options.SetRequestHeader("Origin", portal.Url.ToString().TrimEnd('/'));
        await socket.ConnectAsync(new Uri($"ws://localhost:{portal.Port}/hubs/hostings"), CancellationToken.None);
        await socket.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await HubConnection.ReadUntilAsync(socket, "resync");
        await portal.Database.ExecuteAsync("delete from sessions s using users u where u.id = s.user_id and u.user_name = @name", ("name", person.Name));

        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAnyAsync<WebSocketException>(async () =>
        {
            while (socket.State == WebSocketState.Open)
                await socket.ReceiveAsync(new byte[4096], end.Token);
            throw new WebSocketException("closed");
        });
    }

    [Fact]
    public async Task ADisabledPersonsSessionsAreGone()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        using var browser = await SignedInAsync(person);
        (await admin.Http.PostAsync($"admin/users/{await person.IdAsync()}/disable", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(0, await portal.Database.ScalarAsync<long>(
            "select count(*) from sessions s join users u on u.id = s.user_id where u.user_name = @name", ("name", person.Name)));
    }

    [Fact]
    public async Task ASessionThatNobodyUsedForTwoWeeksHasEnded()
    {
        var person = await Person.AddAsync(portal);
        using var browser = await SignedInAsync(person);
        await portal.Database.ExecuteAsync(
            "update sessions s set seen_at = now() - interval '15 days' from users u where u.id = s.user_id and u.user_name = @name", ("name", person.Name));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/dashboard")).StatusCode);
    }

    [Fact]
    public async Task ANewPasswordTakesTheOldOneAndEndsTheOtherSessions()
    {
        var person = await Person.AddAsync(portal);
        using var mine = await SignedInAsync(person);
        using var other = await SignedInAsync(person);
        const string Path = "/account/security";
        const string Fresh = "another four words in a row";
        foreach (var (old, fresh, problem) in new[] { ("not this one at all", Fresh, "This is not your password"), (Person.Password, "short", "A password has 10 to 128"), (Person.Password, person.Name + "@example.org", "is your email") })
        {
            var refused = await Pages.SubmitFormAsync(mine, Path, "password", ("Password", old), ("NewPassword", fresh));
            var html = await refused.Content.ReadAsStringAsync();
            Assert.Contains(problem, html);
            Assert.DoesNotContain($"value=\"{old}\"", html);
        }
        var done = await Pages.SubmitFormAsync(mine, Path, "password", ("Password", Person.Password), ("NewPassword", Fresh));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await mine.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.Http.GetAsync("auth/me")).StatusCode);
        using var again = Pages.Browser(portal);
        Assert.Equal(HttpStatusCode.OK, (await Pages.SignInAsync(again, person)).StatusCode);
    }

    [Fact]
    public async Task WithoutMailTheAddressChangesAtOnceForWhoKnowsThePassword()
    {
        var (person, taken) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        using var browser = await SignedInAsync(person);
        foreach (var (email, password, problem) in new[] { ("nonsense", Person.Password, "This is not an email"), ($"{taken.Name}@example.org", Person.Password, "registered already"), ("new@example.org", "wrong wrong wrong", "This is not your password") })
            Assert.Contains(problem, await (await Pages.SubmitFormAsync(browser, "/account", "email", ("Email", email), ("Password", password))).Content.ReadAsStringAsync());
        var answer = await Pages.SubmitFormAsync(browser, "/account", "email", ("Email", $" NEW-{person.Name}@example.org "), ("Password", Person.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains($"new-{person.Name}@example.org", await browser.GetStringAsync("/account"));
    }

    private Task<HttpClient> SignedInAsync(Person person) => SignedInAsync(person, out _);

    private Task<HttpClient> SignedInAsync(Person person, out CookieContainer cookies)
    {
        var jar = cookies = new CookieContainer();
        return SignInAsync();

        async Task<HttpClient> SignInAsync()
        {
            var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = jar }) { BaseAddress = portal.Url };
            http.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
            Assert.Equal(HttpStatusCode.Redirect, (await Pages.SignInAsync(http, person)).StatusCode);
            return http;
        }
    }

    [GeneratedRegex("name=\"_handler\" value=\"(end-[0-9a-f]+)\"")]
    private static partial Regex EndForm();
}
