using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>
/// Compares settled hostings with their domains. A machine that its customer shut down is stopped; one that merely does not
/// run (crashed, destroyed, host restarted) is started again, later each time until it stays up.
/// </summary>
public sealed class MachineObserver(
    IDbContextFactory<WebHosterDb> factory, IHypervisor hypervisor, TimeProvider clock, ILogger<MachineObserver> logger)
{

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>False where a hosting had to be passed over because a worker has it in hand just now.</summary>
    public async Task<bool> ObserveAsync(CancellationToken ct)
    {
        var all = true;
        var states = (await hypervisor.ListAsync(ct)).ToDictionary(m => m.Id, m => m.State);
        foreach (var (id, machineId, status) in await SettledAsync(ct))
        {
            var state = states.GetValueOrDefault(machineId, MachineState.Off);
            if (TriggerFor(status, state) is { } trigger)
                all &= await TryApplyAsync(id, machineId, trigger, ct);
        }
        await ForgiveAsync(ct);
        return all;
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

    private async Task<bool> TryApplyAsync(Guid id, Guid machineId, HostingTrigger trigger, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Like a person's request: under the row's lock, not a lease, which a worker that is rung for the new operation would
        // find taken.
        var hosting = await db.Hostings.FromSql($"select * from hostings where id = {id} for update").SingleOrDefaultAsync(ct);
        var now = clock.GetUtcNow();
        if (hosting is null || hosting.LeaseExpiresAt > now)
            return hosting is null;
        // Listed before, locked now: what a person asked for meanwhile goes first, and an old sighting proves nothing.
        var state = (await hypervisor.FindAsync(machineId, ct))?.State ?? MachineState.Off;
        if (TriggerFor(hosting.Status, state) != trigger
            || await db.Operations.AnyAsync(o => o.HostingId == id
                && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running), ct))
            return true;

        logger.LogInformation("{Slug}: {Trigger} seen on the host", hosting.Slug, trigger);
        hosting.Move(trigger, now);
        if (trigger == HostingTrigger.Restart)
        {
            db.Add(new Operation(hosting, OperationKind.Restart, now));
            hosting.PutOff(now, PauseAfter(hosting.Attempts));
        }
        else
        {
            hosting.Route = trigger == HostingTrigger.MachineStarted ? RouteTarget.Guest : RouteTarget.StatePage;
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>None before the first restart, then 10 s, doubled each time.</summary>
    private static TimeSpan PauseAfter(int crashes) => crashes == 0
        ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 5 * Math.Pow(2, crashes)));

    /// <summary>What has run for a while owes nothing for its former crashes.</summary>
    private async Task ForgiveAsync(CancellationToken ct)
    {
        var steadySince = clock.GetUtcNow() - LongestPause;
        await using var db = await factory.CreateDbContextAsync(ct);
        await db.Hostings
            .Where(h => h.Attempts > 0 && h.Status == HostingStatus.Running && h.LeaseHolder == null)
            .Where(h => !db.Set<HostingTransition>().Any(t => t.HostingId == h.Id && t.At > steadySince))
            .ExecuteUpdateAsync(set => set.SetProperty(h => h.Attempts, 0), ct);
    }
}
