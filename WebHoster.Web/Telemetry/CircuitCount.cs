using Microsoft.AspNetCore.Components.Server.Circuits;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Web.Telemetry;

/// <summary>How many pages are connected just now; one that has lost its line is not.</summary>
public sealed class CircuitCount : CircuitHandler
{
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Tallies.Circuits.Add(1);
        return Task.CompletedTask;
    }

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Tallies.Circuits.Add(-1);
        return Task.CompletedTask;
    }
}
