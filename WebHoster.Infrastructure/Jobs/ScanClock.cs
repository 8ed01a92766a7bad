using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Looks at the host: machines that do not run, routes that nginx lacks.</summary>
public sealed class ScanClock(HostScan scan, IOptions<EngineSettings> settings, ILogger<ScanClock> logger)
    : Clockwork(TimeSpan.FromSeconds(settings.Value.ScanSeconds), atOnce: true, "The scan was cut short", logger)
{
    protected override Task RoundAsync(CancellationToken ct) => scan.RunAsync(ct);
}
