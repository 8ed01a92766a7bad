using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Finds unfinished operations, and machines that lack keys, that nobody has in hand, however their bell was lost.</summary>
public sealed class DueScan(
    IDbContextFactory<WebHosterDb> factory, KeyDelivery keys, Engine engine, IOptions<EngineSettings> settings, TimeProvider clock, ILogger<DueScan> logger)
    : Clockwork(TimeSpan.FromSeconds(settings.Value.ScanSeconds), atOnce: true, "Due work was not looked for", logger)
{
    protected override async Task RoundAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        var due = await db.Operations
            .Where(o => o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)
            .Join(db.Hostings, o => o.HostingId, h => h.Id, (_, h) => h)
            .Where(h => (h.LeaseExpiresAt == null || h.LeaseExpiresAt < now) && (h.NextAttemptAt == null || h.NextAttemptAt <= now))
            .Select(h => h.Id).ToListAsync(ct);
        due.AddRange(await keys.ListDueAsync(ct));
        foreach (var id in due)
            engine.Ring(id);
    }
}
