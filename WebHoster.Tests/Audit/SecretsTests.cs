using System.Net.Http.Json;
using System.Text.RegularExpressions;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Audit;

/// <summary>A run in which every kind of secret is made, typed, shown and mailed, with all that can be logged: none is in a log or in the audit log.</summary>
[Trait("Category", "Integration")]
public sealed partial class SecretsTests(MailPortalFixture mail) : IClassFixture<MailPortalFixture>
{
    private const string First = "a first password of seven words here", Second = "a second password of seven words here", Third = "a third one";
    private const string Typo = "a frist password of seven words here";

    private readonly List<string> _secrets = [First, Second, Typo];

    private PortalFixture Portal => mail.Portal;

    [Fact]
    public async Task NoSecretOfAFullRunIsInTheLogsOrTheAuditLog()
    {
        var name = Person.NewName("secretive");
        var email = $"{name}@example.org";
        using var browser = Pages.Browser(Portal);
        await Pages.SubmitAsync(browser, "/register", ("Input.Email", email), ("Input.Username", name), ("Input.Password", First));
        await Pages.SubmitAsync(browser, await LinkAsync(email));
        foreach (var password in new[] { Typo, First })
        {
            var answer = await Pages.SubmitAsync(browser, "/login", ("Input.Name", name), ("Input.Password", password));
            if (answer.Headers.TryGetValues("Set-Cookie", out var cookies))
                _secrets.AddRange(cookies.Select(c => c.Split(';')[0].Split('=', 2)[1]).Where(v => v.Length > 100));
        }
        _secrets.AddRange([Portal.Environment()["Jwt__Key"], MailPortalFixture.MailPassword]);
        var (app, codes) = await SetUpAppAsync(browser);
        await mail.Server.ReceiveAsync(email); // which hears of that, too
        await UseTheApiAsync(name, app, codes);

        // The password typed where the name belongs.
        await Pages.SubmitAsync(Pages.Browser(Portal), "/login", ("Input.Name", First), ("Input.Password", Third));
        await Pages.SubmitFormAsync(browser, "/account", "email", ("Email", $"other-{email}"), ("Password", First));
        await LinkAsync($"other-{email}");
        await mail.Server.ReceiveAsync(email); // which hears of it
        await Pages.SubmitAsync(browser, "/forgot", ("Email", email));
        await Pages.SubmitAsync(browser, await LinkAsync(email), ("Password", Second));
        await HandOverALinkAsync(name);

        var haystacks = Directory.GetFiles(Portal.LogFolder).Select(f => (Place: f, Text: ReadShared(f))).Append((Place: "output", Text: Portal.Output)).Append((Place: "audit_entries",
            Text: (await Portal.Database.ScalarAsync<string>("select string_agg(e::text, E'\n') from audit_entries e"))!)).ToList();
        Assert.True(haystacks.Count >= 3 && haystacks.All(h => h.Text.Contains(name) || h.Place == "output"), "The places to look in are empty.");
        Assert.True(_secrets.Count >= 30);
        var found = from secret in _secrets.Distinct() from place in haystacks where place.Text.Contains(secret) select $"{secret} in {place.Place}";
        Assert.Empty(found);
    }

    private async Task<(AuthenticatorApp App, IReadOnlyList<string> Codes)> SetUpAppAsync(HttpClient browser)
    {
        var (app, codes) = await AuthenticatorApp.SetUpAsync(browser, First);
        _secrets.AddRange([app.Secret, .. codes, .. codes.Select(c => c.Replace("-", ""))]);
        return (app, codes);
    }

    private async Task UseTheApiAsync(string name, AuthenticatorApp app, IReadOnlyList<string> codes)
    {
        var http = Person.Stranger(Portal);
        await http.PostAsJsonAsync("auth/login", new { username = name, password = First, otp = codes[0] });
        await http.PostAsJsonAsync("auth/login", new { username = First, password = Typo });
        var token = (await (await http.PostAsJsonAsync("auth/login", new { username = name, password = First, otp = app.Code() })).JsonAsync()).Text("access_token");
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var made = (await (await http.PostAsJsonAsync("tokens", new { name = "script", scopes = new[] { "read", "hosting" } })).DataAsync()).Text("token");
        var key = (await (await http.PostAsJsonAsync("host", new { })).DataAsync()).Text("ssh_private_key");
        var script = Person.Stranger(Portal);
        script.DefaultRequestHeaders.Authorization = new("Bearer", made);
        (await script.GetAsync("host/my")).EnsureSuccessStatusCode();
        using var hub = await HubConnection.OpenAsync(Portal, made);
        // Of a key each line, of a JWT its signature.
        _secrets.AddRange([made, token, token.Split('.')[2], .. key.Split('\n').Where(l => l.Length > 30 && !l.StartsWith("-----", StringComparison.Ordinal))]);
        await http.PostAsJsonAsync("ssh-keys", new { name = "mine", public_key = SshKeyPair.Create("x").PrivateKey });
    }

    private async Task HandOverALinkAsync(string name)
    {
        var admin = await Person.AddAdminAsync(Portal);
        var target = await admin.Http.PostAsJsonAsync("admin/alerts/targets", new { kind = "webhook", name = "hook", address = "https://hooks.example.org/x" });
        _secrets.Add((await target.DataAsync()).Text("secret"));
        var id = await Portal.Database.ScalarAsync<Guid>("select id from users where user_name = @name", ("name", name));
        var url = (await (await admin.Http.PostAsync($"admin/users/{id}/reset-link", null)).DataAsync()).Text("reset_url");
        Remember(new Uri(url).PathAndQuery);
        using var browser = Pages.Browser(Portal);
        var set = await Pages.SubmitAsync(browser, new Uri(url).PathAndQuery, ("Password", Second + "!"));
        Assert.Equal(System.Net.HttpStatusCode.Redirect, set.StatusCode);
    }

    private async Task<string> LinkAsync(string to)
    {
        var link = await mail.Server.ReceiveLinkAsync(to);
        Remember(link);
        return link;
    }

    private void Remember(string link) => _secrets.Add(TokenInLink().Match(link).Groups[1].Value);

    private static string ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    [GeneratedRegex("token=([A-Za-z0-9_-]+)")]
    private static partial Regex TokenInLink();
}
