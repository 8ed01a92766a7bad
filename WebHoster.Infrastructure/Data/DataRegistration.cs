using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WebHoster.Infrastructure.Idempotency;

namespace WebHoster.Infrastructure.Data;

public static class DataRegistration
{
    /// <summary>Reads <c>ConnectionStrings:Default</c>. Pages and jobs take a context per piece of work from the factory.</summary>
    public static IServiceCollection AddWebHosterDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        var text = configuration.GetConnectionString("Default")
            ?? throw new InvalidOperationException("ConnectionStrings:Default is needed: where PostgreSQL is.");
        services.AddSingleton(_ => NpgsqlDataSource.Create(SessionLimits.Apply(text)));
        services.AddSingleton(_ => new LookUps(SessionLimits.Apply(text)));
        services.AddPooledDbContextFactory<WebHosterDb>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
                .AddInterceptors(new IdempotencyInterceptor(provider.GetRequiredService<TimeProvider>())));
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<WebHosterDb>>().CreateDbContext());
        return services;
    }
}
