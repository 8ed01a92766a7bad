using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class ScopeTests(PortalFixture portal)
{
    [Fact]
    public async Task ReadLooksAndChangesNothing()
    {
        var script = await (await Person.AddAsync(portal)).WithTokenAsync(portal, "read");
        Assert.Equal(HttpStatusCode.OK, (await script.Http.GetAsync("auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await script.Http.GetAsync("operations")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await script.Http.GetAsync("host/my")).StatusCode);
        await ExpectMissingAsync(await script.CreateHostingAsync(), "hosting");
        await ExpectMissingAsync(await script.Http.DeleteAsync("host/my"), "hosting");
        await ExpectMissingAsync(await script.Http.GetAsync("admin/users"), "admin");
    }

    [Fact]
    public async Task HostingLooksAndChangesHostings()
    {
        var script = await (await Person.AddAsync(portal)).WithTokenAsync(portal, "hosting");
        Assert.Equal(HttpStatusCode.OK, (await script.Http.GetAsync("auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await script.CreateHostingAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await script.Http.DeleteAsync("host/my")).StatusCode);
        await ExpectMissingAsync(await script.Http.GetAsync("admin/users"), "admin");
    }

    [Fact]
    public async Task AdminAdministersAsLongAsItsOwnerMayAndDoesNothingElse()
    {
        var admin = await Person.AddAdminAsync(portal);
        var script = await admin.WithTokenAsync(portal, "admin");
        Assert.Equal(HttpStatusCode.OK, (await script.Http.GetAsync("admin/users")).StatusCode);
        await ExpectMissingAsync(await script.Http.GetAsync("auth/me"), "read");
        await ExpectMissingAsync(await script.CreateHostingAsync(), "hosting");
        await portal.Database.ExecuteAsync(
            "delete from user_roles where user_id = (select id from users where user_name = @name)", ("name", admin.Name));
        await Problems.ExpectAsync(await script.Http.GetAsync("admin/users"), HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task AnAdministratorsTokenWithoutTheScopeAdministersNothing()
    {
        var script = await (await Person.AddAdminAsync(portal)).WithTokenAsync(portal, "read", "hosting");
        await ExpectMissingAsync(await script.Http.GetAsync("admin/users"), "admin");
    }

    [Fact]
    public async Task NoTokenManagesTokens()
    {
        var script = await (await Person.AddAdminAsync(portal)).WithTokenAsync(portal, "read", "hosting", "admin");
        foreach (var answer in new[]
        {
            await script.Http.GetAsync("tokens"),
            await script.Http.PostAsJsonAsync("tokens", new { name = "x", scopes = new[] { "read" } }),
            await script.Http.DeleteAsync($"tokens/{Guid.NewGuid()}"),
        })
        {
            await Problems.ExpectAsync(answer, HttpStatusCode.Forbidden);
            Assert.Contains("Sign in", (await answer.JsonAsync()).Text("message"));
        }
    }

    [Theory]
    [InlineData("reset-link")]
    [InlineData("promote")]
    [InlineData("forget-second-factor")]
    public async Task WhatOutlivesATokenTakesAnAdministratorWhoHasSignedIn(string verb)
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        var script = await admin.WithTokenAsync(portal, "read", "hosting", "admin");
        var path = $"admin/users/{await person.IdAsync()}/{verb}";
        var byToken = await script.Http.PostAsync(path, null);
        await Problems.ExpectAsync(byToken, HttpStatusCode.Forbidden);
        Assert.Contains("Sign in", (await byToken.JsonAsync()).Text("message"));
        var byCustomer = await person.Http.PostAsync(path, null);
        await Problems.ExpectAsync(byCustomer, HttpStatusCode.Forbidden);
        Assert.Contains("Only administrators", (await byCustomer.JsonAsync()).Text("message"));
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.PostAsync(path, null)).StatusCode);
    }

    [Fact]
    public async Task ATokenInTheQueryCountsOnlyForTheHub()
    {
        var script = await (await Person.AddAsync(portal)).WithTokenAsync(portal, "read");
        var token = script.Http.DefaultRequestHeaders.Authorization!.Parameter;
        await Problems.ExpectAsync(await Person.Stranger(portal).GetAsync($"auth/me?access_token={token}"), HttpStatusCode.Unauthorized);
    }

    private static async Task ExpectMissingAsync(HttpResponseMessage answer, string scope)
    {
        await Problems.ExpectAsync(answer, HttpStatusCode.Forbidden);
        Assert.Contains($"the scope “{scope}”", (await answer.JsonAsync()).Text("message"));
    }
}
