using Npgsql;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

/// <summary>Sessions that stand still, and what they hold.</summary>
[Trait("Category", "Integration")]
public sealed class SessionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task AFrozenSessionThatHoldsARowDoesNotKeepOthersForEver()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("held");
        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));
        // To PostgreSQL a process that was stopped is one that says nothing more.
        await using var frozen = new NpgsqlConnection(SessionLimits.Apply(postgres.ConnectionString));
        await frozen.OpenAsync();
        await using var transaction = await frozen.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("select 1 from hostings for update", frozen, transaction);
        await command.ExecuteScalarAsync();

        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Delete));

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
        await engine.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("Host=127.0.0.1", true)]
    [InlineData("Host=/run/postgresql", false)]
    public void OnlyNetworkConnectionsAskForKeepalives(string connection, bool keepalive) =>
        Assert.Equal(keepalive, new NpgsqlConnectionStringBuilder(SessionLimits.Apply(connection)).TcpKeepAlive);

    [Fact]
    public void WhatTheConnectionStringSaysItselfGoesFirst()
    {
        var limited = new NpgsqlConnectionStringBuilder(
            SessionLimits.Apply("Host=db;Command Timeout=7;Options=-c lock_timeout=1s"));

        Assert.Equal(7, limited.CommandTimeout);
        Assert.EndsWith(" -c lock_timeout=1s", limited.Options);
    }

    [Fact]
    public async Task AMigrationMayTakeItsTimeAndTheNextUserOfItsSessionMayNot()
    {
        await using var source = new NpgsqlDataSourceBuilder(SessionLimits.Apply(postgres.ConnectionString) + ";Maximum Pool Size=1").Build();
        await using (var unlimited = source.CreateCommand(SessionLimits.Unlimited))
            await unlimited.ExecuteNonQueryAsync();

        await using var limit = source.CreateCommand("select current_setting('lock_timeout')");
        Assert.Equal("15s", await limit.ExecuteScalarAsync());
    }
}
