using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace WebHoster.Infrastructure.Telemetry;

public static class TelemetryRegistration
{
    /// <summary>Figures for <c>/metrics</c>, and traces of this process where a collector is configured.</summary>
    public static IServiceCollection AddWebHosterTelemetry(this IServiceCollection services, IConfiguration configuration, string role)
    {
        services.AddOptions<TelemetrySettings>().Bind(configuration.GetSection("Telemetry")).ValidateDataAnnotations()
            .Validate(
                s => s.OtlpEndpoint == "" || (Uri.TryCreate(s.OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"),
                "Telemetry:OtlpEndpoint is an http:// or https:// URL, such as http://localhost:4318.")
            .ValidateOnStart();
        services.AddSingleton(new ProcessRole(role));
        services.AddSingleton<InstallFigures>();
        services.AddHostedService<TraceExport>();
        return services;
    }
}
