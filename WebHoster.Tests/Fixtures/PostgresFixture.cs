using Microsoft.EntityFrameworkCore;
using Npgsql;
using WebHoster.Infrastructure.Data;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>A fresh, empty database per test class, on the run's own PostgreSQL.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string _name = $"t{Guid.NewGuid():n}";
    private readonly PostgresCluster? _own;
    private PostgresCluster? _cluster;

    public PostgresFixture()
    {
    }

    /// <param name="own">A cluster that nobody else uses, so that harm may be done to it.</param>
    internal PostgresFixture(PostgresCluster own) => _own = own;

    public string ConnectionString => _cluster!.ConnectionString(_name);

    public async Task InitializeAsync()
    {
        _cluster = _own ?? await PostgresCluster.RentAsync();
        await _cluster.ExecuteAsync($"create database {_name}");
    }

    public async Task DisposeAsync()
    {
        if (_cluster is null)
            return;
        NpgsqlConnection.ClearAllPools();
        await _cluster.ExecuteAsync($"drop database {_name} with (force)");
        if (_own is null)
            await PostgresCluster.ReturnAsync();
        else
            _own.Stop();
    }

    /// <summary>Ends every connection to this database and refuses new ones.</summary>
    public async Task CutOffAsync()
    {
        await _cluster!.ExecuteAsync($"alter database {_name} allow_connections false");
        await _cluster.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{_name}'");
    }

    public Task LetInAsync()
    {
        // The tests' own lines were cut as well.
        using (var own = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(own);
        return _cluster!.ExecuteAsync($"alter database {_name} allow_connections true");
    }

    public WebHosterDb NewContext() => new(new DbContextOptionsBuilder<WebHosterDb>().UseNpgsql(ConnectionString).Options);

    /// <summary>For a test that looks behind the curtain, or acts as another process.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return await command.ExecuteScalarAsync() is T value2 ? value2 : default;
    }

    public Task ExecuteAsync(string sql, params (string Name, object? Value)[] parameters) => ScalarAsync<object>(sql, parameters);
}
