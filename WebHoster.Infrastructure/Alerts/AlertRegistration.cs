using Microsoft.Extensions.DependencyInjection;

namespace WebHoster.Infrastructure.Alerts;

public static class AlertRegistration
{
    /// <summary>
    /// Finds and sends alerts, in every role that serves: where the worker is what has gone, it cannot say so itself.
    /// </summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services) => services
        .AddSingleton<IAlertSource, UnwellHostings>().AddSingleton<IAlertSource, FailedOperations>().AddSingleton<IAlertSource, StandingDrift>().AddSingleton<IAlertSource, GoneWorkers>()
        .AddSingleton<IAlertSource, ScarceConnections>().AddSingleton<IAlertSource, SlowOperations>().AddSingleton<IAlertSource, FailedBackups>().AddSingleton<IAlertSource, FailingJobs>()
        .AddSingleton<WebhookSender>().AddSingleton<AlertSender>()
        .AddHostedService<Jobs.WorkerWatch>().AddHostedService<AlertScan>().AddHostedService<AlertCourier>();

    /// <summary>What the worker alone can see, or is to tell alone.</summary>
    public static IServiceCollection AddHostAlerts(this IServiceCollection services) =>
        services.AddSingleton<IAlertSource, LowCapacity>().AddHostedService<DatabaseWatch>();
}
