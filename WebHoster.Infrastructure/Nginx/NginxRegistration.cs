using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Nginx;

public static class NginxRegistration
{
    /// <summary>The proxy as <see cref="IReverseProxy"/> and as itself: one object, for it is the one writer.</summary>
    public static IServiceCollection AddReverseProxy(this IServiceCollection services)
    {
        services.AddOptions<NginxSettings>().BindConfiguration("Nginx").ValidateDataAnnotations()
            .Validate(s => s.Listen.All(a => IPAddress.TryParse(a, out _)), "Nginx:Listen holds IP addresses.")
            .ValidateOnStart();
        services.TryAddSingleton<CommandRunner>();
        services.TryAddSingleton<TemplateRenderer>();
        services.AddSingleton<Nginx>();
        services.AddSingleton<NginxReverseProxy>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<PortalNginx>();
        services.AddSingleton<IReverseProxy>(p => p.GetRequiredService<NginxReverseProxy>());
        return services;
    }
}
