using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Nginx;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Looks whether the portal's certificate was renewed, and has nginx take the new one; renews one of our own.</summary>
public sealed class PortalKeeper(PortalNginx portal, ILogger<PortalKeeper> logger)
    : Clockwork(TimeSpan.FromMinutes(10), atOnce: true, "The portal's nginx could not be looked after", logger)
{
    protected override Task RoundAsync(CancellationToken ct) => portal.EnsureAsync(ct);
}
