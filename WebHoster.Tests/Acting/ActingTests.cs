using System.Net;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Acting;

/// <summary>An administrator acts for a customer, by the pages as a browser sees them.</summary>
[Trait("Category", "Integration")]
public sealed class ActingTests(QuickPortalFixture portal) : IClassFixture<QuickPortalFixture>
{
    [Fact]
    public async Task TheCustomersHostingsShowWithABannerOnEveryPageUntilTheButtonEndsIt()
    {
        var (browser, admin, customer, id) = await ActAsync("ticket 42");
        var dashboard = await browser.GetStringAsync("/dashboard");
        Assert.Contains($"data-hosting=\"{customer.Name}\"", dashboard);
        var hosting = await HostingOfAsync(customer);
        foreach (var page in new[] { "/dashboard", $"/hostings/{hosting}", $"/hostings/{hosting}/settings", "/admin", "/admin/users", "/", "/nowhere", "/tokens" })
            Assert.True((await (await browser.GetAsync(page)).Content.ReadAsStringAsync()).Contains($"You act for {customer.Name}"), page);

        var ended = await Pages.SubmitAsync(browser, "/dashboard", "/acting/end");
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        var own = await browser.GetStringAsync("/dashboard");
        Assert.DoesNotContain("You act for", own);
        Assert.DoesNotContain($"data-hosting=\"{customer.Name}\"", own);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/hostings/{hosting}")).StatusCode);
        Assert.Equal(
            $"acting.start {customer.Name}: ticket 42 succeeded|acting.end {customer.Name} succeeded", await AuditAsync(admin));
        Assert.NotEqual(Guid.Empty, id);
    }

    [Theory]
    [InlineData("/tokens")]
    [InlineData("/ssh-keys")]
    public async Task WhatIsSecretOfAPersonIsOutOfReach(string page)
    {
        var (browser, _, customer, _) = await ActAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(page)).StatusCode);
        var hosting = await HostingOfAsync(customer);
        foreach (var tab in new[] { "console", "files", "keys" })
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/hostings/{hosting}/{tab}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/streams/files/{hosting}")).StatusCode);
    }

    [Fact]
    public async Task EveryPageOfSignedInPeopleIsClosedUnlessItSaysThatItIsOpen()
    {
        var pages = typeof(Web.Acting.OpenToActingAttribute).Assembly.GetTypes()
            .Where(t => t.GetCustomAttributes(typeof(Microsoft.AspNetCore.Components.RouteAttribute), false).Length > 0)
            .Where(t => t.GetCustomAttributes(typeof(Microsoft.AspNetCore.Authorization.AuthorizeAttribute), true)
                .Cast<Microsoft.AspNetCore.Authorization.AuthorizeAttribute>() is var rules && rules.Any() && rules.All(r => r.Roles is null)).ToList();
        Assert.Equal(["Dashboard", "HostingPage"], pages.Where(Web.Acting.OpenToActingAttribute.Is).Select(t => t.Name).Order());
        var (browser, _, _, _) = await ActAsync();
        foreach (var page in pages.Where(p => !Web.Acting.OpenToActingAttribute.Is(p)))
        {
            var route = page.GetCustomAttributes(typeof(Microsoft.AspNetCore.Components.RouteAttribute), false).Cast<Microsoft.AspNetCore.Components.RouteAttribute>().First();
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(route.Template.Split('{')[0])).StatusCode);
        }
    }

    [Fact]
    public async Task NobodyActsForAnAdministratorNorIsOneWhoIsNone()
    {
        var (admin, other, person) = (await Person.AddAdminAsync(portal), await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var browser = await SignedInAsync(admin);
        var refused = await Pages.SubmitAsync(browser, $"/admin/users/{await other.IdAsync()}/act", ("_handler", "act"));
        Assert.Contains("Nobody acts for an administrator.", await refused.Content.ReadAsStringAsync());
        Assert.DoesNotContain("You act for", await browser.GetStringAsync("/dashboard"));
        var customer = await SignedInAsync(person);
        Assert.Equal(HttpStatusCode.Forbidden, (await customer.GetAsync($"/admin/users/{await other.IdAsync()}/act")).StatusCode);
    }

    [Fact]
    public async Task ItEndsByItselfAndTheAuditLogSaysSo()
    {
        var (browser, admin, customer, id) = await ActAsync();
        await portal.Database.ExecuteAsync("update acting_sessions set ends_at = now() - interval '1 second' where id = @id", ("id", id));
        var own = await browser.GetStringAsync("/dashboard");
        Assert.DoesNotContain("You act for", own);
        Assert.DoesNotContain($"data-hosting=\"{customer.Name}\"", own);
        await ExpireAsync();
        Assert.Equal($"acting.start {customer.Name} succeeded|acting.end {customer.Name} expired", await AuditAsync(admin));
    }

    [Fact]
    public async Task ItEndsWhereTheCustomerBecomesAnAdministratorOrTheAdministratorNoneAnyMore()
    {
        var (first, _, promoted, _) = await ActAsync();
        await portal.Database.ExecuteAsync(
            "insert into user_roles (user_id, role_id) select u.id, r.id from users u, roles r where u.user_name = @name and r.name = 'admin'", ("name", promoted.Name));
        Assert.DoesNotContain("You act for", await first.GetStringAsync("/dashboard"));

        var (second, demoted, customer, _) = await ActAsync();
        await portal.Database.ExecuteAsync("delete from user_roles where user_id = (select id from users where user_name = @name)", ("name", demoted.Name));
        var own = await second.GetStringAsync("/dashboard");
        Assert.DoesNotContain("You act for", own);
        Assert.DoesNotContain($"data-hosting=\"{customer.Name}\"", own);
    }

    [Fact]
    public async Task ItOutlivesThatIdentityMakesThePrincipalAnew()
    {
        var (browser, _, customer, _) = await ActAsync();
        // Longer than the interval of the check, which is a second here.
        for (var until = DateTime.UtcNow.AddSeconds(3); DateTime.UtcNow < until; await Task.Delay(200))
            Assert.Contains($"You act for {customer.Name}", await browser.GetStringAsync("/dashboard"));
    }

    [Fact]
    public async Task AnotherOneTakesThePlaceOfTheFirst()
    {
        var (browser, admin, first, _) = await ActAsync();
        var second = await Person.AddAsync(portal);
        (await StartAsync(browser, second)).EnsureSuccessStatusCodeOrRedirect();
        Assert.Contains($"You act for {second.Name}", await browser.GetStringAsync("/dashboard"));
        Assert.Equal(
            $"acting.start {first.Name} succeeded|acting.end {first.Name} replaced|acting.start {second.Name} succeeded", await AuditAsync(admin));
    }

    private async Task<(HttpClient Browser, Person Admin, Person Customer, Guid Session)> ActAsync(string reason = "")
    {
        var (admin, customer) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal, "cust"));
        (await customer.CreateHostingAsync()).EnsureSuccessStatusCode();
        await portal.Engine.CreateAsync(customer.Name);
        // A creation is news for a while, and shown instead of the card.
        await portal.Database.ExecuteAsync("update operations set finished_at = now() - interval '1 hour' where slug = @slug", ("slug", customer.Name));
        var browser = await SignedInAsync(admin);
        (await StartAsync(browser, customer, reason)).EnsureSuccessStatusCodeOrRedirect();
        var session = await portal.Database.ScalarAsync<Guid>("select id from acting_sessions where customer_id = @id", ("id", await customer.IdAsync()));
        return (browser, admin, customer, session);
    }

    private static async Task<HttpResponseMessage> StartAsync(HttpClient browser, Person customer, string reason = "") =>
        await Pages.SubmitAsync(browser, $"/admin/users/{await customer.IdAsync()}/act", ("_handler", "act"), ("Input.Reason", reason));

    private async Task<HttpClient> SignedInAsync(Person person)
    {
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = portal.Url };
        Assert.Equal(HttpStatusCode.Redirect, (await Pages.SignInAsync(browser, person)).StatusCode);
        return browser;
    }

    private Task<Guid> HostingOfAsync(Person person) => portal.Database.ScalarAsync<Guid>("select id from hostings where slug = @slug", ("slug", person.Name));

    private async Task<string?> AuditAsync(Person admin) => await portal.Database.ScalarAsync<string>(
        "select string_agg(action || ' ' || subject || ' ' || outcome, '|' order by id) from audit_entries where actor_id = @id and action like 'acting.%'",
        ("id", await admin.IdAsync()));

    // What the portal does every half a minute.
    private async Task ExpireAsync()
    {
        using var host = EngineHost.BuildPortal(portal.Database.ConnectionString);
        await ((Infrastructure.Acting.ActingSessions)host.Services.GetService(typeof(Infrastructure.Acting.ActingSessions))!).ExpireAsync(default);
    }
}
