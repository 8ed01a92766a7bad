using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Libvirt;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>
/// The guests' network and its firewall are there before the engine begins, for no machine starts without them; other programs
/// flush rules too, so they are looked at ever after.
/// </summary>
public sealed class NetworkKeeper(HostNetwork network, ILogger<NetworkKeeper> logger)
    : Clockwork(TimeSpan.FromSeconds(60), atOnce: false, "The guests' network could not be looked after", logger)
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRoundAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task RoundAsync(CancellationToken ct) => network.EnsureAsync(ct);
}
