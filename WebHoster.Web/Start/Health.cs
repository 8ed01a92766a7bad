using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Start;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: PostgreSQL answers and live updates stand.</summary>
public static class Health
{
    public static IServiceCollection AddWebHosterHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<PostgresCheck>("postgresql").AddCheck<LiveUpdatesCheck>("live_updates");
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new { report.Status, Checks = report.Entries.ToDictionary(e => e.Key, e => e.Value.Status) }, ApiJson.Options);
}

/// <summary>PostgreSQL answers a query.</summary>
public sealed class PostgresCheck(NpgsqlDataSource source) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = source.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy("PostgreSQL does not answer.", e);
        }
    }
}

/// <summary>The LISTEN connection stands.</summary>
public sealed class LiveUpdatesCheck(ChangeFeed feed) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(feed.IsListening ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Live updates have lost PostgreSQL."));
}
