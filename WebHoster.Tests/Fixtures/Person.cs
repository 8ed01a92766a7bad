using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Account;

namespace WebHoster.Tests.Fixtures;

/// <summary>Somebody with an account, calling the API.</summary>
public sealed class Person(string name, HttpClient http)
{
    public const string Password = "four words in a row";

    private static readonly string CheapHash =
        new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1 })).HashPassword(new User(), Password);

    private static int _count;

    public string Name { get; } = name;

    public HttpClient Http { get; } = http;

    /// <summary>A name that nobody in this run has.</summary>
    public static string NewName(string prefix = "user") => $"{prefix}-{Interlocked.Increment(ref _count)}x{Environment.ProcessId}";

    public static HttpClient Stranger(PortalFixture portal) =>
        new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(portal.Url, "/api/v1/") };

    public static async Task<Person> RegisterAsync(PortalFixture portal, string prefix = "user")
    {
        var name = NewName(prefix);
        var http = Stranger(portal);
        var made = await http.PostAsJsonAsync("auth/register", new { email = $"{name}@example.org", username = name, password = Password });
        made.EnsureSuccessStatusCode();
        var token = await (await http.PostAsJsonAsync("auth/login", new { username = name, password = Password })).JsonAsync();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        return new Person(name, http);
    }

    /// <summary>Somebody who has registered and signed in before; spares what both cost on purpose.</summary>
    public static async Task<Person> AddAsync(PortalFixture portal, string prefix = "user")
    {
        var user = EngineHost.NewUser(NewName(prefix));
        user.SecurityStamp = user.Id.ToString("n");
        user.PasswordHash = CheapHash;
        user.CreatedAt = DateTimeOffset.UtcNow;
        await using (var db = portal.Database.NewContext())
        {
            db.Add(user);
            await db.SaveChangesAsync();
        }

        var settings = Options.Create(new JwtSettings { Key = portal.Environment()["Jwt__Key"] });
        var token = new AccessTokens(new SigningKeys(settings), settings, TimeProvider.System).Issue(user).Token;
        var http = Stranger(portal);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new Person(user.UserName!, http);
    }

    /// <summary>Somebody who is an administrator.</summary>
    public static async Task<Person> AddAdminAsync(PortalFixture portal)
    {
        var person = await AddAsync(portal, "boss");
        await portal.Database.ExecuteAsync(
            "insert into user_roles (user_id, role_id) select u.id, r.id from users u, roles r where u.user_name = @name and r.name = 'admin'",
            ("name", person.Name));
        return person;
    }

    public async Task<Guid> IdAsync() => (await (await Http.GetAsync("auth/me")).DataAsync()).GetProperty("id").GetGuid();

    /// <summary>The same person, by an API token with these scopes.</summary>
    public async Task<Person> WithTokenAsync(PortalFixture portal, params string[] scopes)
    {
        var made = await Http.PostAsJsonAsync("tokens", new { name = "script", scopes });
        var http = Stranger(portal);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await made.DataAsync()).Text("token"));
        return new Person(Name, http);
    }

    public Task<HttpResponseMessage> CreateHostingAsync() => Http.PostAsJsonAsync("host", new { });
}

/// <summary>Reading answers.</summary>
public static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    public static async Task<JsonElement> DataAsync(this HttpResponseMessage response) => (await response.JsonAsync()).GetProperty("data");

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString() ?? "";
}
