using System.Net;
using System.Net.Http.Json;
using Npgsql;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Audit;

/// <summary>A portal that connects to PostgreSQL as a user of its own, as <c>./webhoster up</c> sets it up.</summary>
public sealed class OwnRolePortalFixture : PortalFixture
{
    private readonly string _role = $"web{Guid.NewGuid():n}";

    public string WebConnection => new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Username = _role }.ConnectionString;

    protected override Dictionary<string, string> Settings => new(base.Settings) { ["ConnectionStrings__Web"] = WebConnection };

    /// <summary>The role, and the tables as their owner makes them.</summary>
    protected override async Task PrepareAsync()
    {
        await Database.ExecuteAsync($"create role {_role} login");
        (await Shell.RunAsync("dotnet", [Program, "migrate"], Environment())).Ok();
    }
}

[Trait("Category", "Integration")]
public sealed class AuditRightsTests(OwnRolePortalFixture portal) : IClassFixture<OwnRolePortalFixture>
{
    [Fact]
    public async Task ThePortalWorksAsItsOwnUser()
    {
        var person = await Person.RegisterAsync(portal);
        Assert.Equal(HttpStatusCode.Accepted, (await person.CreateHostingAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await person.Http.PostAsJsonAsync("tokens", new { name = "script", scopes = new[] { "read" } })).StatusCode);
        using var browser = Pages.Browser(portal);
        await Pages.SignInAsync(browser, person);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(
            ["account.register", "account.sign_in", "account.sign_in", "hosting.create", "token.create"],
            (await portal.Database.ScalarAsync<string>("select string_agg(action, ' ' order by action) from audit_entries where actor_name = @name", ("name", person.Name)))!.Split(' '));
    }

    [Theory]
    [InlineData("update audit_entries set outcome = 'succeeded'")]
    [InlineData("delete from audit_entries")]
    [InlineData("truncate audit_entries")]
    [InlineData("drop table audit_entries")]
    [InlineData("alter table audit_entries disable trigger all")]
    [InlineData("drop trigger audit_entries_stay on audit_entries")]
    [InlineData("create or replace function refuse_audit_change() returns trigger language plpgsql as 'begin return new; end'")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("insert into \"__EFMigrationsHistory\" values ('x', 'y')")]
    [InlineData("create table mine (id int)")]
    public async Task ThePortalsUserMayNot(string sql) =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await RefusedAsync(portal.WebConnection, sql)).SqlState);

    [Theory]
    [InlineData("update audit_entries set outcome = 'succeeded'")]
    [InlineData("delete from audit_entries")]
    [InlineData("truncate audit_entries")]
    public async Task NoStatementOfTheTablesOwnerChangesAnEntryEither(string sql)
    {
        await Person.RegisterAsync(portal);
        Assert.Contains("only ever added to", (await RefusedAsync(portal.Database.ConnectionString, sql)).MessageText);
    }

    private static async Task<PostgresException> RefusedAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
    }
}
