using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Operations;
using WebHoster.Infrastructure.Operations.Steps;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
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
        services.AddSingleton<Virsh>().AddSingleton<VirtInstall>().AddSingleton<QemuImg>().AddSingleton<HostTools>();
        services.AddSingleton<Firewall>().AddSingleton<HostNetwork>();
        services.AddSingleton<SeedImage>().AddSingleton<GuestHostKey>();
        services.AddSingleton<IHypervisor, LibvirtHypervisor>();
        services.AddSingleton<Fsck>().AddSingleton<Repairs>().AddSingleton<Sweeper>();
        services.AddObservers();
        return services;
    }

    /// <summary>The worker role: this host and the engine that works on it.</summary>
    public static IServiceCollection AddWebHosterWorker(this IServiceCollection services, IConfiguration configuration) =>
        services.AddWebHosterHost().AddWebHosterEngine(configuration, (quartz, engine) =>
        {
            quartz.Every<EnsureNetworkJob>("ensure-network", TimeSpan.FromSeconds(60));
            quartz.Every<SweepJob>("sweep-host", TimeSpan.FromSeconds(engine.SweepSeconds));
        });

    /// <summary>The engine over whatever <see cref="IHypervisor"/> and <see cref="IReverseProxy"/> are registered.</summary>
    /// <param name="more">Further recurring jobs.</param>
    public static IServiceCollection AddWebHosterEngine(
        this IServiceCollection services, IConfiguration configuration, Action<IQuartzBuilder, EngineSettings>? more = null)
    {
        services.AddSingleton<IOperationStep, AnnounceRoute>().AddSingleton<IOperationStep, WithdrawRoute>()
            .AddSingleton<IOperationStep, PublishRoute>().AddSingleton<IOperationStep, CreateDisk>()
            .AddSingleton<IOperationStep, WriteSeed>().AddSingleton<IOperationStep, EraseDisk>()
            .AddSingleton<IOperationStep, StartMachine>().AddSingleton<IOperationStep, ShutDownMachine>()
            .AddSingleton<IOperationStep, RemoveMachine>().AddSingleton<IOperationStep, AwaitReady>()
            .AddSingleton<IOperationStep, AwaitBoot>().AddSingleton<IOperationStep, ReleaseSlot>();
        services.AddSingleton<OperationRunner>().AddSingleton<Reconciler>();
        services.AddObservers();
        services.AddSingleton<Engine>().AddHostedService(p => p.GetRequiredService<Engine>());
        services.AddHostedService<Doorbell>();
        services.AddHostedService<DueScan>();
        services.AddHostedService<MachineWatch>();

        var engine = configuration.GetSection("Engine").Get<EngineSettings>() ?? new EngineSettings();
        services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(configuration.GetConnectionString("Default")!);
                store.UseClustering();
                store.ProvisionSchema();
                store.UseSystemTextJsonSerializer();
            });
            quartz.AddJob<ReconcileJob>(job => job.WithIdentity(ReconcileJob.Key).StoreDurably());
            quartz.Every<ScanJob>("scan-hostings", TimeSpan.FromSeconds(engine.ScanSeconds));
            quartz.Every<CheckHealthJob>("check-health", TimeSpan.FromSeconds(30));
            more?.Invoke(quartz, engine);
        });
        services.AddQuartzHostedService();
        return services;
    }

    private static void AddObservers(this IServiceCollection services)
    {
        services.TryAddSingleton<TemplateRenderer>();
        services.TryAddSingleton<WelcomePage>();
        services.TryAddSingleton<MachineObserver>();
        services.TryAddSingleton<HealthObserver>();
        services.TryAddSingleton<HostScan>();
    }

    private static void Every<T>(this IQuartzBuilder quartz, string name, TimeSpan interval) where T : class, IJob
    {
        quartz.AddJob<T>(job => job.WithIdentity(name).StoreDurably().DisallowConcurrentExecution());
        quartz.AddTrigger(trigger => trigger.WithIdentity(name).ForJob(name).StartNow()
            .WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever()));
    }
}
