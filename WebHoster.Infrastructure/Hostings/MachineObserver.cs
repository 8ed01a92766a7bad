using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>
/// Compares settled hostings with their domains. A machine that its customer shut down is stopped; one that merely does not
/// run (crashed, destroyed, host restarted) is started again.
/// </summary>
public sealed class MachineObserver(
    IDbContextFactory<WebHosterDb> factory, IHypervisor hypervisor, IOptions<EngineSettings> engine, TimeProvider clock,
    ILogger<MachineObserver> logger)
{

    public async Task ObserveAsync(CancellationToken ct)
    {
        var states = (await hypervisor.ListAsync(ct)).ToDictionary(m => m.Id, m => m.State);
        foreach (var (id, machineId, status) in await SettledAsync(ct))
        {
            var state = states.GetValueOrDefault(machineId, MachineState.Off);
            if (TriggerFor(status, state) is { } trigger)
                await ApplyAsync(id, trigger, ct);
        }
    }

    private static HostingTrigger? TriggerFor(HostingStatus status, MachineState state) => (status, state) switch
    {
        (HostingStatus.Running, MachineState.ShutDown) => HostingTrigger.MachineStopped,
        (HostingStatus.Running, MachineState.Off) => HostingTrigger.Restart,
        (HostingStatus.Stopped, MachineState.Running) => HostingTrigger.MachineStarted,
        _ => null,
    };

    private async Task<List<(Guid Id, Guid MachineId, HostingStatus Status)>> SettledAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var rows = await db.Hostings
            .Where(h => h.Status == HostingStatus.Running || h.Status == HostingStatus.Stopped)
            .Where(h => !db.Operations.Any(o => o.HostingId == h.Id
                && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)))
            .Select(h => new { h.Id, h.MachineId, h.Status }).ToListAsync(ct);
        return [.. rows.Select(r => (r.Id, r.MachineId, r.Status))];
    }

    private async Task ApplyAsync(Guid id, HostingTrigger trigger, CancellationToken ct)
    {
        var length = TimeSpan.FromSeconds(engine.Value.LeaseSeconds);
        await using var lease = await HostingLease.TryTakeAsync(factory, id, "observer", length, logger, ct);
        if (lease is null)
            return;
        await using var db = await factory.CreateDbContextAsync(ct);
        var hosting = await db.Hostings.SingleAsync(h => h.Id == id, ct);
        var now = clock.GetUtcNow();
        // Listed before, locked now: what a person asked for meanwhile goes first.
        if (!HostingLifecycle.Allows(hosting.Status, trigger) || hosting.NextAttemptAt > now
            || await db.Operations.AnyAsync(o => o.HostingId == id
                && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running), ct))
            return;

        logger.LogInformation("{Slug}: {Trigger} seen on the host", hosting.Slug, trigger);
        hosting.Move(trigger, now);
        if (trigger == HostingTrigger.Restart)
            db.Add(new Operation(hosting, OperationKind.Restart, now));
        else // The scan makes nginx agree.
            hosting.Route = trigger == HostingTrigger.MachineStarted ? RouteTarget.Guest : RouteTarget.StatePage;
        await lease.SaveAsync(db, ct);
    }
}
