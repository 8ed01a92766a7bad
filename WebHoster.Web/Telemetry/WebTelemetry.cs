using Microsoft.AspNetCore.Components.Server.Circuits;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Web.Telemetry;

public static class WebTelemetry
{
    /// <summary>What a web process has besides: its circuits.</summary>
    public static IServiceCollection AddWebTelemetry(this IServiceCollection services)
    {
        // There from the start: none is a figure, too.
        Tallies.Circuits.Set(0);
        return services.AddScoped<CircuitHandler, CircuitCount>();
    }
}
