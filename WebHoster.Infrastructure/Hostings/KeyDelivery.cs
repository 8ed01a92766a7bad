using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>
/// Brings running machines the keys that may log in. A machine that does not take them is tried again, later each time; nothing
/// else waits for that.
/// </summary>
public sealed class KeyDelivery(
    IDbContextFactory<WebHosterDb> factory, IHypervisor hypervisor, WelcomePage pages, KeyPauses pauses, TimeProvider clock,
    ILogger<KeyDelivery> logger)
{
    /// <summary>Hostings whose machines run, lack keys, may be asked now and are in nobody's hand.</summary>
    /// <param name="only">Look at this one alone.</param>
    public async Task<IReadOnlyList<Guid>> ListDueAsync(CancellationToken ct, Guid? only = null)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        var rows = await Lacking(db).Where(h => h.LeaseExpiresAt == null || h.LeaseExpiresAt < now)
            .Where(h => only == null || h.Id == only)
            .Select(h => new { h.Id, h.KeysWanted }).ToListAsync(ct);
        return [.. rows.Where(r => pauses.IsOver(r.Id, r.KeysWanted)).Select(r => r.Id)];
    }

    /// <summary>Under the caller's lease. Where the keys are as they should be, or cannot be asked about yet, nothing happens.</summary>
    public async Task DeliverAsync(Guid hostingId, HostingLease lease, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        // Before its keys: one that comes in between is delivered once too often, never once too seldom.
        var hosting = await Lacking(db).FirstOrDefaultAsync(h => h.Id == hostingId, ct);
        if (hosting is null || !pauses.IsOver(hostingId, hosting.KeysWanted))
            return;
        var seed = pages.SeedOf(hosting, await db.AuthorizedKeysAsync(hosting, ct));
        try
        {
            Fence.Require();
            await hypervisor.SetKeysAsync(hosting.MachineId, seed, ct);
        }
        catch (HostException e)
        {
            var pause = pauses.Begin(hostingId, hosting.KeysWanted);
            logger.LogWarning(
                "{Slug} does not have its newest SSH keys: {Reason} Trying again in {Seconds} s. ({Detail})",
                hosting.Slug, e.Message, pause.TotalSeconds, e.Detail);
            return;
        }

        hosting.KeysApplied = hosting.KeysWanted;
        await SaveAsync(hosting, db, lease, ct);
    }

    /// <summary>What happened to the machine meanwhile may have woken its agent: it is asked at once.</summary>
    public void Forgive(Guid hostingId) => pauses.Forget(hostingId);

    private static IQueryable<Hosting> Lacking(WebHosterDb db) =>
        db.Hostings.Where(h => h.Status == HostingStatus.Running && h.KeysApplied != h.KeysWanted);

    private async Task SaveAsync(Hosting hosting, WebHosterDb db, HostingLease lease, CancellationToken ct)
    {
        try
        {
            await lease.SaveAsync(db, ct);
            pauses.Forget(hosting.Id);
            logger.LogInformation("{Slug} has its newest SSH keys", hosting.Slug);
        }
        catch (DbUpdateConcurrencyException)
        {
            logger.LogInformation("A request changed {Slug} meanwhile; its keys are delivered once more", hosting.Slug);
        }
    }
}
