using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Acting;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Announcements;
using WebHoster.Infrastructure.Backups;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Desk;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Files;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Idempotency;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Mail;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Infrastructure.Operations;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Infrastructure.RunTime;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Slots;
using WebHoster.Infrastructure.Streams;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure;

public static class InfrastructureRegistration
{
    /// <summary>What every role needs: settings, PostgreSQL, requests, queries and the feed of changes.</summary>
    public static IServiceCollection AddWebHosterCore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddWebHosterSettings(configuration);
        services.AddWebHosterDatabase(configuration);
        services.AddDatabaseBackups(configuration);
        services.AddKeys(configuration);
        services.AddSingleton<Migrator>();
        services.AddSingleton<SlotAllocator>();
        services.AddSingleton<HostingRequests>().AddSingleton<HostingInterventions>();
        services.AddSingleton<HostingQueries>();
        services.AddSingleton<ActivityQueries>().AddSingleton<MetricsQueries>();
        services.AddSingleton<OverviewQuery>();
        services.AddSingleton<SshKeyRequests>();
        services.AddSingleton<Interventions>();
        services.AddSingleton<UserAdministration>().AddSingleton<Plans>();
        services.AddSingleton<Mailer>();
        services.AddSingleton<WorkerReports>();
        services.AddSingleton<Sessions>().AddSingleton<AccountRemoval>().AddSingleton<PersonalData>();
        services.AddSingleton<CapacityReport>().AddSingleton<JobList>().AddSingleton<JobBoard>().AddSingleton<JobRequests>().AddSingleton<WorkerIdentity>();
        services.AddSingleton<DriftLedger>().AddSingleton<DriftQueries>();
        services.AddSingleton<AlertBook>().AddSingleton<AlertTargets>().AddSingleton<AlertQueries>().AddSingleton<WebhookSecrets>();
        services.AddSingleton(p => new WebhookDialer(p.GetRequiredService<IOptions<AlertSettings>>()));
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<RouteTables>();
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddSingleton<RunTimeDefaults>().AddSingleton<RunTimeSettings>().AddSingleton<AnnouncementBoard>();
        services.AddHostedService<RunTimeWatch>();
        services.AddSingleton<ActingSessions>().AddSingleton<AttentionReport>().AddSingleton<DayReport>();
        services.AddSingleton<OperationFollower>();
        services.AddSingleton<StreamTickets>().AddSingleton<WorkerStreams>().AddSingleton<FileSessions>();
        return services;
    }

    /// <summary>
    /// The keys that cookies, links and stored secrets are sealed with: files, not in PostgreSQL. Who serves the portal makes them, as its
    /// user; of the worker's or a command's making they would be root's, and closed to it.
    /// </summary>
    private static void AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var install = configuration.GetSection("Install").Get<InstallSettings>() ?? new InstallSettings();
        var path = configuration["DataProtection:KeysPath"] is { Length: > 0 } given ? given : Path.Combine(install.DataPath, "keys");
        services.Configure<KeyManagementOptions>(options => options.AutoGenerateKeys = false);
        services.AddDataProtection().SetApplicationName($"webhoster-{install.Name}").PersistKeysToFileSystem(new DirectoryInfo(path));
    }
}
