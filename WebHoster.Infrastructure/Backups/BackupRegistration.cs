using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace WebHoster.Infrastructure.Backups;

public static class BackupRegistration
{
    public static IServiceCollection AddDatabaseBackups(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BackupSettings>().Bind(configuration.GetSection("Backup")).ValidateDataAnnotations()
            .Validate(s => s.Path == "" || System.IO.Path.IsPathRooted(s.Path), "Backup:Path is an absolute path.").ValidateOnStart();
        return services.AddSingleton<PgTools>().AddSingleton<BackupFolder>().AddSingleton<DatabaseBackup>().AddSingleton<DatabaseRestore>();
    }
}
