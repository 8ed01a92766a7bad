using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Integration")]
public sealed class DisabledUserTests(QuickPortalFixture portal) : IClassFixture<QuickPortalFixture>
{
    [Fact]
    public async Task ADisabledPersonsTokensEndAtOnceAndAnAPITokenCountsAgainAfterwards()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.RegisterAsync(portal));
        var script = await person.WithTokenAsync(portal, "read");
        var id = await person.IdAsync();

        (await admin.Http.PostAsync($"admin/users/{id}/disable", null)).EnsureSuccessStatusCode();
        await Problems.ExpectAsync(await person.Http.GetAsync("auth/me"), HttpStatusCode.Unauthorized);
        await Problems.ExpectAsync(await script.Http.GetAsync("auth/me"), HttpStatusCode.Unauthorized);

        (await admin.Http.PostAsync($"admin/users/{id}/enable", null)).EnsureSuccessStatusCode();
        await Problems.ExpectAsync(await person.Http.GetAsync("auth/me"), HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await script.Http.GetAsync("auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Name, Person.Password)).StatusCode);
    }

    [Fact]
    public async Task ADisabledPersonsSignInIsRefusedAsAWrongPasswordIs()
    {
        var person = await Person.RegisterAsync(portal);
        var wrong = await (await SignInAsync(person.Name, "not this one at all")).Content.ReadAsStringAsync();
        await DisableAsync(person);
        var right = await SignInAsync(person.Name, Person.Password);
        await Problems.ExpectAsync(right, HttpStatusCode.Unauthorized);
        Assert.Equal(wrong, await right.Content.ReadAsStringAsync());

        using var browser = Browser();
        var page = await (await Pages.SignInAsync(browser, person)).Content.ReadAsStringAsync();
        Assert.Contains("The email, username or password is wrong", page);
    }

    [Fact]
    public async Task ADisabledPersonsCookieEndsWithTheNextCheck()
    {
        var person = await Person.RegisterAsync(portal);
        using var browser = Browser();
        await Pages.SignInAsync(browser, person);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/dashboard")).StatusCode);
        await DisableAsync(person);
        await Eventually.TrueAsync(async () => (await browser.GetAsync("/dashboard")).StatusCode == HttpStatusCode.Redirect);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnOpenHubConnectionEndsWithWhatItWasOpenedBy(bool byToken)
    {
        var person = await Person.RegisterAsync(portal);
        var shown = byToken ? await person.WithTokenAsync(portal, "read") : person;
        using var socket = await HubConnection.OpenAsync(portal, shown.Http.DefaultRequestHeaders.Authorization!.Parameter!);
        if (byToken)
        {
            var token = (await (await person.Http.GetAsync("tokens")).DataAsync()).EnumerateArray().Single();
            (await person.Http.DeleteAsync($"tokens/{token.Text("id")}")).EnsureSuccessStatusCode();
        }
        else
        {
            await DisableAsync(person);
        }

        await EndsAsync(socket);
    }

    [Fact]
    public async Task AnAdministratorsHubConnectionEndsWithTheRoleWhateverOpenedIt()
    {
        var person = await Person.AddAdminAsync(portal);
        var script = await person.WithTokenAsync(portal, "read", "admin");
        using var socket = await HubConnection.OpenAsync(portal, script.Http.DefaultRequestHeaders.Authorization!.Parameter!);
        (await (await Person.AddAdminAsync(portal)).Http.PostAsync($"admin/users/{await person.IdAsync()}/demote", null)).EnsureSuccessStatusCode();
        await EndsAsync(socket);
    }

    [Fact]
    public async Task AStreamOfEventsEndsForADisabledPerson()
    {
        var person = await Person.RegisterAsync(portal);
        var operation = (await (await person.CreateHostingAsync()).DataAsync()).Text("operation_id");
        using var answer = await person.Http.GetAsync($"operations/{operation}/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("event: operation", await reader.ReadLineAsync());
        await DisableAsync(person);
        // The operation itself goes on: nobody works here.
        await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task EndsAsync(WebSocket socket)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while ((await socket.ReceiveAsync(buffer, end.Token)).MessageType != WebSocketMessageType.Close)
            {
            }

            throw new WebSocketException("closed");
        });
    }

    private async Task DisableAsync(Person person) =>
        (await (await Person.AddAdminAsync(portal)).Http.PostAsync($"admin/users/{await person.IdAsync()}/disable", null)).EnsureSuccessStatusCode();

    private Task<HttpResponseMessage> SignInAsync(string username, string password) =>
        Person.Stranger(portal).PostAsJsonAsync("auth/login", new { username, password });

    private HttpClient Browser() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = portal.Url };
}
