using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Operations;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>
/// Works on one hosting until it is as it should be: takes the lease, takes up the unfinished operation where it stands, does
/// its steps, and sees to the machine's keys. Killed at any point, the next one to come reads the same rows and goes on.
/// </summary>
public sealed class Reconciler(
    IDbContextFactory<WebHosterDb> factory, OperationRunner runner, KeyDelivery keys, WelcomePage pages, ChangeFeed feed,
    IOptions<EngineSettings> engine, TimeProvider clock, ILogger<Reconciler> logger)
{
    private readonly string _holder = $"{Environment.MachineName}:{Environment.ProcessId}";

    public async Task ReconcileAsync(Guid hostingId, CancellationToken ct)
    {
        // Whoever rang while the lease was held went away again: look once more after giving it back.
        do
        {
            if (!await HoldAndWorkAsync(hostingId, ct))
                return;
        }
        while (await IsDueAsync(hostingId, ct));
    }

    /// <summary>False where another worker holds the lease: it looks once more itself.</summary>
    private async Task<bool> HoldAndWorkAsync(Guid hostingId, CancellationToken ct)
    {
        var length = TimeSpan.FromSeconds(engine.Value.LeaseSeconds);
        await using var lease = await HostingLease.TryTakeAsync(factory, hostingId, _holder, length, clock, logger, ct);
        if (lease is null)
            return false;
        Fence.Raise(lease.RequireProof);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
        try
        {
            while (await RunNextAsync(hostingId, lease, stop.Token))
            {
                // Another operation may have come meanwhile: a delete during a create does.
                keys.Forgive(hostingId);
            }
            await keys.DeliverAsync(hostingId, lease, stop.Token);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new LeaseLostException();
        }
        return true;
    }

    private async Task<bool> IsDueAsync(Guid hostingId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Hostings.AnyAsync(h => h.Id == hostingId && (h.NextAttemptAt == null || h.NextAttemptAt <= now)
            && db.Operations.Any(o => o.HostingId == h.Id && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)), ct)
            || (await keys.ListDueAsync(ct, hostingId)).Count > 0;
    }

    /// <summary>False where nothing is to be done now.</summary>
    private async Task<bool> RunNextAsync(Guid hostingId, HostingLease lease, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var hosting = await db.Hostings.FirstOrDefaultAsync(h => h.Id == hostingId, ct);
        var operation = await db.Operations.FirstOrDefaultAsync(
            o => o.HostingId == hostingId && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running), ct);
        if (hosting is null || operation is null || hosting.NextAttemptAt > clock.GetUtcNow())
            return false;

        using var scope = logger.BeginScope(new Dictionary<string, object>
        {
            ["HostingId"] = hosting.Id,
            ["OperationId"] = operation.Id,
            ["Slug"] = hosting.Slug,
        });
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = InterruptWhenCancelledAsync(operation.Id, interrupt, watching.Token);
        try
        {
            var seed = pages.SeedOf(hosting, await db.AuthorizedKeysAsync(hosting, ct));
            var context = new StepContext(
                db, hosting, operation, pages.SpecOf(hosting), seed, () => lease.SaveAsync(db, ct), clock);
            return await runner.RunAsync(context, interrupt.Token);
        }
        catch (DbUpdateConcurrencyException)
        {
            logger.LogInformation("A request changed {Slug} meanwhile; reading it again", hosting.Slug);
            return true;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return true;
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
        }
    }

    /// <summary>A delete cancels the create that is under way; what waits for its guest must not wait on.</summary>
    private async Task InterruptWhenCancelledAsync(Guid operationId, CancellationTokenSource interrupt, CancellationToken ct)
    {
        try
        {
            await foreach (var _ in feed.WakeAsync(c => c.OperationId == operationId, ct))
            {
                await using var db = await factory.CreateDbContextAsync(ct);
                var status = await db.Operations.Where(o => o.Id == operationId).Select(o => o.Status).SingleAsync(ct);
                if (status == OperationStatus.Cancelled)
                {
                    await interrupt.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The operation has ended.
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The watch for a cancellation ended; the next save will notice one");
        }
    }
}
