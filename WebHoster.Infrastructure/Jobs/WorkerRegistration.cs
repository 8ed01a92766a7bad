using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Quartz;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Backups;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Operations;
using WebHoster.Infrastructure.Operations.Steps;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Slots;
using WebHoster.Infrastructure.Streams;
using WebHoster.Infrastructure.Telemetry;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Jobs;

public static class WorkerRegistration
{
    /// <summary>What touches libvirt, disks, nginx and the firewall, without the clock that drives it: for single commands.</summary>
    public static IServiceCollection AddWebHosterHost(this IServiceCollection services)
    {
        services.AddSingleton<CommandRunner>();
        services.AddReverseProxy();
        services.AddSingleton<Data.InstallIdentity>();
        services.AddSingleton<LibvirtCommands>().AddSingleton<Virsh>().AddSingleton<VirtInstall>().AddSingleton<QemuImg>().AddSingleton<HostTools>();
        services.AddSingleton<GuestAgent>();
        services.AddSingleton<Firewall>().AddSingleton<HostNetwork>();
        services.AddSingleton<SeedImage>().AddSingleton<GuestHostKey>().AddSingleton<FilesKey>();
        services.AddSingleton<IHypervisor, LibvirtHypervisor>().AddSingleton<IGuestChannels, LibvirtChannels>();
        services.AddSingleton<MachineSurvey>().AddSingleton<Fsck>().AddSingleton<Repairs>().AddSingleton<DriftCheck>().AddSingleton<Sweeper>();
        services.AddObservers();
        return services;
    }

    /// <summary>The worker role: this host and the engine that works on it.</summary>
    public static IServiceCollection AddWebHosterWorker(this IServiceCollection services, IConfiguration configuration) =>
        services.AddWebHosterHost().AddHostedService<NetworkKeeper>().AddHostedService<PortalKeeper>().AddWebHosterEngine(configuration).AddWebHosterStreams()
            .AddHostAlerts().AddHostedService<DriftDesk>()
            .AddHostedService<WorkerReporter>()
            .AddRecurring<SweepJob>("sweep-host", TimeSpan.FromSeconds(EngineOf(configuration).SweepSeconds))
            .AddRecurring<BackupJob>(BackupJob.Name, TimeSpan.FromMinutes(10));

    /// <summary>The engine over whatever <see cref="IHypervisor"/> and <see cref="IReverseProxy"/> are registered.</summary>
    public static IServiceCollection AddWebHosterEngine(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IOperationStep, AnnounceRoute>().AddSingleton<IOperationStep, WithdrawRoute>()
            .AddSingleton<IOperationStep, PublishRoute>().AddSingleton<IOperationStep, CreateDisk>()
            .AddSingleton<IOperationStep, WriteSeed>().AddSingleton<IOperationStep, EraseDisk>()
            .AddSingleton<IOperationStep, StartMachine>().AddSingleton<IOperationStep, ShutDownMachine>()
            .AddSingleton<IOperationStep, RemoveMachine>().AddSingleton<IOperationStep, AwaitReady>()
            .AddSingleton<IOperationStep, AwaitBoot>().AddSingleton<IOperationStep, ReleaseSlot>();
        services.AddSingleton<OperationRunner>().AddSingleton<KeyPauses>().AddSingleton<KeyDelivery>().AddSingleton<Reconciler>();
        services.AddObservers();
        services.AddSingleton<Engine>().AddHostedService(p => p.GetRequiredService<Engine>());
        services.AddHostedService<WorkerBeat>().AddSingleton<JobRuns>().AddSingleton<OperationLogs>();
        services.AddHostedService<Doorbell>();
        services.AddHostedService<DueScan>();
        services.AddHostedService<ScanClock>();
        services.AddHostedService<AccountClock>();
        services.AddHostedService<MachineWatch>();
        services.AddSingleton<MetricsStore>().AddSingleton<MetricsSampler>().AddHostedService<MetricsClock>();
        services.AddRecurring<CheckHealthJob>("check-health", TimeSpan.FromSeconds(30));
        services.AddRecurring<ForgetKeysJob>("forget-idempotency-keys", TimeSpan.FromHours(1));
        services.AddRecurring<ForgetHistoryJob>("forget-history", TimeSpan.FromHours(1));
        services.AddHostedService<JobsKeeper>();
        services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(QuartzConnection(configuration));
                store.UseClustering();
                store.ProvisionSchema();
                store.UseSystemTextJsonSerializer();
            });
        });
        services.AddQuartzHostedService();
        return services;
    }

    /// <summary>The worker's stream socket over whatever <see cref="IGuestChannels"/> is registered.</summary>
    public static IServiceCollection AddWebHosterStreams(this IServiceCollection services) => services
        .AddSingleton<OpenStreams>().AddSingleton<ConsoleLines>().AddSingleton<ConsoleSession>().AddSingleton<FilesSession>()
        .AddHostedService<StreamSocket>().AddHostedService<StreamKeeper>().AddHostedService<ForgetTickets>();

    private static void AddObservers(this IServiceCollection services)
    {
        services.TryAddSingleton<TemplateRenderer>();
        services.TryAddSingleton<WelcomePage>();
        services.TryAddSingleton<MachineObserver>();
        services.TryAddSingleton<HealthObserver>();
        services.TryAddSingleton<SlotPorts>();
        services.TryAddSingleton<HostScan>();
    }

    private static IServiceCollection AddRecurring<T>(this IServiceCollection services, string name, TimeSpan interval) where T : class, IJob =>
        services.AddSingleton(new RecurringJob(name, typeof(T), interval));

    private static EngineSettings EngineOf(IConfiguration configuration) =>
        configuration.GetSection("Engine").Get<EngineSettings>() ?? new EngineSettings();

    /// <summary>Under another name, so that PostgreSQL's list of sessions tells the clock's from the work's.</summary>
    private static string QuartzConnection(IConfiguration configuration) =>
        new NpgsqlConnectionStringBuilder(SessionLimits.Apply(configuration.GetConnectionString("Default")!)) { ApplicationName = "webhoster-quartz" }
            .ConnectionString;
}
