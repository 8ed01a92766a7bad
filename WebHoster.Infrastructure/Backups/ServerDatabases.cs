using System.Diagnostics;
using Npgsql;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Backups;

/// <summary>The databases of the server that the connection string names: to make, exchange and drop them, from the outside.</summary>
internal sealed class ServerDatabases(string connection)
{
    private const string Outside = "postgres";

    /// <summary>Sessions of a program that has just ended are there for a moment.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly NpgsqlConnectionStringBuilder _given = new(connection);

    /// <summary>The database that WebHoster uses.</summary>
    public string Name => _given.Database ?? _given.Username ?? throw new HostException("ConnectionStrings:Default names no database.");

    public string ConnectionTo(string database) => new NpgsqlConnectionStringBuilder(connection) { Database = database, Pooling = false }.ConnectionString;

    /// <exception cref="HostException">Somebody is connected: a portal, a worker, a person.</exception>
    public async Task RequireUnusedAsync(CancellationToken ct)
    {
        await using var line = await OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            "select string_agg(distinct coalesce(nullif(application_name, ''), 'process ' || pid), ', ') from pg_stat_activity where datname = $1", line);
        command.Parameters.AddWithValue(Name);
        string? users;
        for (var watch = Stopwatch.StartNew(); (users = await command.ExecuteScalarAsync(ct) as string) is not null && watch.Elapsed < Patience;)
            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        if (users is not null)
            throw new HostException($"The database is in use ({users}). Portal and worker are stopped by ./webhoster restore; what else is connected is for you to stop.");
    }

    /// <returns>PostgreSQL's major version.</returns>
    /// <exception cref="HostException">The role may not create databases.</exception>
    public async Task<int> CreateAsync(string database, CancellationToken ct)
    {
        await using var line = await OpenAsync(ct);
        try
        {
            await RunAsync(line, $"create database {Quoted(database)} template template0 encoding 'UTF8'", ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new HostException($"The role {_given.Username} may not create databases. As PostgreSQL's administrator: ALTER ROLE {Quoted(_given.Username!)} CREATEDB;", null, e);
        }
        return line.PostgreSqlVersion.Major;
    }

    /// <summary>The fresh one gets the name, the one that had it is called <paramref name="former"/>; both or none.</summary>
    public async Task ExchangeAsync(string fresh, string former, CancellationToken ct)
    {
        await using var line = await OpenAsync(ct);
        await using var transaction = await line.BeginTransactionAsync(ct);
        try
        {
            await RunAsync(line, $"alter database {Quoted(Name)} rename to {Quoted(former)}", ct);
            await RunAsync(line, $"alter database {Quoted(fresh)} rename to {Quoted(Name)}", ct);
            await transaction.CommitAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            throw new HostException("The database is in use: somebody has connected meanwhile. Nothing was changed; stop it and try again.", e.Detail, e);
        }
    }

    /// <summary>Those whose names begin so, in order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken ct)
    {
        var names = new List<string>();
        await using var line = await OpenAsync(ct);
        await using var list = new NpgsqlCommand("select datname from pg_database where starts_with(datname, $1) order by 1", line);
        list.Parameters.AddWithValue(prefix);
        await using var reader = await list.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            names.Add(reader.GetString(0));
        return names;
    }

    public async Task<IReadOnlyList<string>> DropAllAsync(string prefix, CancellationToken ct)
    {
        var names = await ListAsync(prefix, ct);
        foreach (var name in names)
            await DropAsync(name, ct);
        return names;
    }

    public async Task DropAsync(string database, CancellationToken ct)
    {
        await using var line = await OpenAsync(ct);
        await RunAsync(line, $"drop database if exists {Quoted(database)} with (force)", ct);
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        var line = new NpgsqlConnection(ConnectionTo(Outside));
        await line.OpenAsync(ct);
        await RunAsync(line, SessionLimits.Unlimited, ct);
        return line;
    }

    private static async Task RunAsync(NpgsqlConnection line, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, line) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"")}\"";
}
