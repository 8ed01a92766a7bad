using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace WebHoster.Infrastructure.Data;

/// <summary>
/// Contexts for single short look-ups, outside any transaction: those that every request makes. They have no connections to
/// themselves; what many requests ask at a moment goes over a few connections in one packet each (Npgsql's multiplexing).
/// </summary>
public sealed class LookUps : IDbContextFactory<WebHosterDb>, IAsyncDisposable
{
    private const int Connections = 4;

    // After PostgreSQL was away each connection has to fail once before it is made anew.
    private const int Retries = Connections + 1;
    private static readonly TimeSpan RetryWithin = TimeSpan.FromMilliseconds(50);

    private readonly NpgsqlDataSource _source;
    private readonly PooledDbContextFactory<WebHosterDb> _contexts;

    public LookUps(string connectionString)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Multiplexing = true, MaxPoolSize = Connections });
        _contexts = new PooledDbContextFactory<WebHosterDb>(new DbContextOptionsBuilder<WebHosterDb>()
            .UseNpgsql(_source, npgsql => npgsql.EnableRetryOnFailure(Retries, RetryWithin, [PostgresErrorCodes.AdminShutdown]))
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);
    }

    public WebHosterDb CreateDbContext() => _contexts.CreateDbContext();

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
