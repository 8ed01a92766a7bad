using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Mail;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Mail;

/// <summary>With a real SMTP server: confirming an address, a new password, another address.</summary>
[Trait("Category", "Integration")]
public sealed class MailTests(MailPortalFixture mail) : IClassFixture<MailPortalFixture>
{
    private const string Fresh = "another four words in a row";

    [Fact]
    public async Task ANewAccountSignsInOnceItsAddressIsConfirmed()
    {
        var name = Person.NewName();
        var email = $"{name}@example.org";
        using var browser = Pages.Browser(mail.Portal);
        var registered = await Pages.SubmitAsync(browser, "/register", ("Input.Email", email), ("Input.Username", name), ("Input.Password", Person.Password));
        Assert.Equal("/confirm", Path(registered));
        var letter = await mail.Server.ReceiveLinkAsync(email);
        Assert.StartsWith("/confirm?token=", letter);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(name, Person.Password)).StatusCode);
        var person = new Person(name, Person.Stranger(mail.Portal));
        Assert.Equal("/confirm", Path(await Pages.SignInAsync(browser, person)));
        var again = await mail.Server.ReceiveLinkAsync(email);

        // Looking at the link, as mail programs do, confirms nothing.
        await browser.GetAsync(again);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(name, Person.Password)).StatusCode);
        Assert.Equal("/confirm?done=1", Path(await Pages.SubmitAsync(browser, again)));
        Assert.Equal("/dashboard", Path(await Pages.SignInAsync(browser, person)));
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(name, Person.Password)).StatusCode);
    }

    [Fact]
    public async Task AForgottenPasswordIsSetByTheLinkOnceAndEverySessionEnds()
    {
        var person = await ConfirmedAsync();
        using var signedIn = Pages.Browser(mail.Portal);
        await Pages.SignInAsync(signedIn, person);
        using var browser = Pages.Browser(mail.Portal);
        var known = await Pages.SubmitAsync(browser, "/forgot", ("Email", $"{person.Name}@example.org"));
        var unknown = await Pages.SubmitAsync(browser, "/forgot", ("Email", "nobody-at-all@example.org"));
        Assert.Equal((Path(known), "/forgot?sent=1"), (Path(unknown), Path(known)));

        var link = await mail.Server.ReceiveLinkAsync($"{person.Name}@example.org");
        Assert.Contains("10 to 128", await (await Pages.SubmitAsync(browser, link, ("Password", "short"))).Content.ReadAsStringAsync());
        var html = await browser.GetStringAsync(link);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Pages.PostAsync(browser, link, html, "reset", ("Password", Fresh))));
        Assert.Single(both, a => a.StatusCode == HttpStatusCode.Redirect);
        Assert.Contains("too old, or was used already", await browser.GetStringAsync(link));
        Assert.Equal(HttpStatusCode.Redirect, (await signedIn.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(person.Name, Person.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Name, Fresh)).StatusCode);
        Assert.Equal(0, mail.Server.CountTo("nobody-at-all@example.org"));
    }

    [Fact]
    public async Task NobodyIsFloodedInThePortalsName()
    {
        var (victim, other) = (await ConfirmedAsync(), await ConfirmedAsync());
        using var browser = Pages.Browser(mail.Portal);
        foreach (var person in Enumerable.Repeat(victim, 2 * Post.AskedAnHour).Append(other))
            Assert.Equal("/forgot?sent=1", Path(await Pages.SubmitAsync(browser, "/forgot", ("Email", $"{person.Name}@example.org"))));
        await mail.Server.ReceiveLinkAsync($"{other.Name}@example.org"); // asked for after all of them
        await Eventually.TrueAsync(() => mail.Server.CountTo($"{victim.Name}@example.org") == Post.AskedAnHour);
    }

    [Fact]
    public async Task ANewAddressCountsWhenItsLinkIsOpenedAndTheOldOneHearsOfIt()
    {
        var person = await ConfirmedAsync();
        var (old, fresh) = ($"{person.Name}@example.org", $"new-{person.Name}@example.org");
        using var browser = Pages.Browser(mail.Portal);
        await Pages.SignInAsync(browser, person);
        Assert.Equal("/account?done=sent", Path(await Pages.SubmitFormAsync(browser, "/account", "email", ("Email", fresh), ("Password", Person.Password))));
        Assert.Contains("asked for another email address", (await mail.Server.ReceiveAsync(old)).TextBody);
        Assert.DoesNotContain(fresh, await browser.GetStringAsync("/account"));
        var link = await mail.Server.ReceiveLinkAsync(fresh);
        Assert.Equal("/confirm?done=1", Path(await Pages.SubmitAsync(browser, link)));
        var page = await browser.GetStringAsync("/account");
        Assert.Contains(fresh, page);
        Assert.DoesNotContain("not confirmed", page);
        Assert.Contains("too old, or was used already", await (await Pages.SubmitAsync(browser, link)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AnAdministratorVouchesForAnAddressThatNoLetterReaches()
    {
        var person = await Person.AddAsync(mail.Portal);
        await mail.Portal.Database.ExecuteAsync("update users set email_confirmed = false where user_name = @name", ("name", person.Name));
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(person.Name, Person.Password)).StatusCode);
        var admin = await Person.AddAdminAsync(mail.Portal);
        (await admin.Http.PostAsync($"admin/users/{await person.IdAsync()}/confirm-email", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Name, Person.Password)).StatusCode);
    }

    [Fact]
    public async Task APersonHearsOfWhatOpensTheirAccountAnew()
    {
        var person = await ConfirmedAsync();
        using var browser = Pages.Browser(mail.Portal);
        await Pages.SignInAsync(browser, person);
        await Pages.SubmitFormAsync(browser, "/account/security", "password", ("Password", Person.Password), ("NewPassword", Fresh));
        await HearsAsync("has a new password");
        await AuthenticatorApp.SetUpAsync(browser, Fresh);
        await HearsAsync("app of your account is on");
        await Pages.SubmitFormAsync(browser, "/account/security", "app-off", ("Password", Fresh));
        await HearsAsync("app of your account is off");

        async Task HearsAsync(string of)
        {
            var letter = await mail.Server.ReceiveAsync($"{person.Name}@example.org");
            Assert.Contains(of, letter.Subject);
            Assert.Contains("If that was not you", letter.TextBody);
        }
    }

    [Fact]
    public async Task APersonHearsOfWhatAnAdministratorDidToTheAccount()
    {
        var (admin, person) = (await Person.AddAdminAsync(mail.Portal), await ConfirmedAsync());
        var path = $"admin/users/{await person.IdAsync()}";
        (await admin.Http.PostAsync($"{path}/reset-link", null)).EnsureSuccessStatusCode();
        await HearsAsync("password can be set");
        foreach (var _ in new[] { 1, 2 })
            (await admin.Http.PostAsync($"{path}/promote", null)).EnsureSuccessStatusCode();
        await HearsAsync("made you an administrator");
        (await admin.Http.PostAsJsonAsync($"{path}/delete", new { confirm = person.Name })).EnsureSuccessStatusCode();
        await HearsAsync("is deleting your account");

        async Task HearsAsync(string of)
        {
            var letter = await mail.Server.ReceiveAsync($"{person.Name}@example.org");
            Assert.Contains(of, letter.Subject);
            Assert.Contains("ask the people who run", letter.TextBody);
        }
    }

    [Fact]
    public async Task AChangedOrForeignLinkOpensNothing()
    {
        var person = await ConfirmedAsync();
        using var browser = Pages.Browser(mail.Portal);
        await Pages.SubmitAsync(browser, "/forgot", ("Email", $"{person.Name}@example.org"));
        var link = await mail.Server.ReceiveLinkAsync($"{person.Name}@example.org");
        var token = link.Split('=')[1];
        foreach (var bad in new[] { $"/reset?token={token[..^3]}AAA", "/reset", "/reset?token=x" })
            Assert.Contains("too old, or was used already", await browser.GetStringAsync(bad));
        // A link for one purpose is none for another.
        var wrong = await Pages.SubmitAsync(browser, $"/confirm?token={token}");
        Assert.Contains("too old, or was used already", await wrong.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task ALetterWaitsForAServerThatIsAway()
    {
        var person = await ConfirmedAsync();
        mail.Server.Stop();
        try
        {
            using var browser = Pages.Browser(mail.Portal);
            await Pages.SubmitAsync(browser, "/forgot", ("Email", $"{person.Name}@example.org"));
            await Eventually.TrueAsync(() => mail.Portal.Output.Contains("did not take a letter"));
        }
        finally
        {
            mail.Server.Run();
        }
        Assert.StartsWith("/reset?token=", await mail.Server.ReceiveLinkAsync($"{person.Name}@example.org"));
    }

    [Fact]
    public async Task AnAlertComesByMailAndWaitsForTheServer()
    {
        var (admin, to) = (await Person.AddAdminAsync(mail.Portal), $"{Person.NewName("on-call")}@example.org");
        var target = (await (await admin.Http.PostAsJsonAsync("admin/alerts/targets", new { kind = "mail", name = "on call", address = to })).DataAsync()).Text("id");
        (await admin.Http.PostAsync($"admin/alerts/targets/{target}/test", null)).EnsureSuccessStatusCode();
        Assert.Contains("/admin/alerts", (await mail.Server.ReceiveAsync(to)).TextBody);

        mail.Server.Stop();
        try
        {
            await new AlertBook(new Contexts(mail.Portal.Database), TimeProvider.System).RaiseAsync(AlertKind.BackupFailed, "bob", "The backup of bob failed.", default);
            await Eventually.TrueAsync(async () => (await TriesAsync()).EnumerateArray().Any(d => d.Text("event") == "opened" && d.GetProperty("tries").GetInt32() > 0));
        }
        finally
        {
            mail.Server.Run();
        }
        var waiting = (await TriesAsync()).EnumerateArray().First(d => d.Text("event") == "opened");
        await admin.Http.PostAsync($"admin/alerts/deliveries/{waiting.Text("id")}/retry", null);
        Assert.Contains("The backup of bob failed.", (await mail.Server.ReceiveAsync(to)).Subject);

        async Task<JsonElement> TriesAsync() => await (await admin.Http.GetAsync($"admin/alerts/deliveries?target_id={target}")).DataAsync();
    }

    private async Task<Person> ConfirmedAsync()
    {
        var person = await Person.AddAsync(mail.Portal);
        await mail.Portal.Database.ExecuteAsync("update users set email_confirmed = true where user_name = @name", ("name", person.Name));
        return person;
    }

    private Task<HttpResponseMessage> SignInAsync(string username, string password) =>
        Person.Stranger(mail.Portal).PostAsJsonAsync("auth/login", new { username, password });

    private string? Path(HttpResponseMessage answer) => answer.Headers.Location is { } to ? new Uri(mail.Portal.Url, to).PathAndQuery : null;

    private sealed class Contexts(PostgresFixture database) : IDbContextFactory<WebHosterDb>
    {
        public WebHosterDb CreateDbContext() => database.NewContext();
    }
}
