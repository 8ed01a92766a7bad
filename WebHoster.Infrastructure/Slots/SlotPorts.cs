using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Slots;

/// <summary>
/// Looks at the SSH ports of slots that no hosting has: what a foreign process holds is marked unusable, so that no creation
/// gets it, and given back once its port is free again.
/// </summary>
public sealed class SlotPorts(IDbContextFactory<WebHosterDb> factory, IReverseProxy proxy, SlotPlan plan, ILogger<SlotPorts> logger)
{
    /// <summary>How many of the next fresh slots are looked at.</summary>
    private const int Ahead = 100;

    public async Task ObserveAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        if (await ChangesAsync(db, ct) is [])
            return;

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await SlotAllocator.LockAsync(db, ct);
        // Once more: a creation may have taken one of them meanwhile.
        foreach (var (slot, foreign) in await ChangesAsync(db, ct))
            Change(db, slot, foreign);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Slots whose row is not as their port is.</summary>
    private async Task<List<(Slot Slot, bool Foreign)>> ChangesAsync(WebHosterDb db, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        var known = await db.Slots
            .Where(s => s.State != SlotState.Held && s.Number < plan.Count && !db.Hostings.Any(h => h.SlotNumber == s.Number))
            .ToListAsync(ct);
        var fresh = await db.Database.SqlQuery<int>(
            $"""
             select n as "Value" from generate_series(0, {plan.Count - 1}) n
             where not exists (select from slots where number = n) order by n limit {Ahead}
             """).ToListAsync(ct);
        var foreign = proxy.ForeignSlots(known.Select(s => s.Number).Concat(fresh));
        return
        [
            .. known.Where(s => foreign.Contains(s.Number) != (s.State == SlotState.Unusable)).Select(s => (s, foreign.Contains(s.Number))),
            .. fresh.Where(foreign.Contains).Select(n => (new Slot(n), true)),
        ];
    }

    private void Change(WebHosterDb db, Slot slot, bool foreign)
    {
        var port = plan.Port(slot.Number);
        if (foreign)
        {
            slot.MarkUnusable();
            if (db.Entry(slot).State == EntityState.Detached)
                db.Add(slot);
            logger.LogWarning("SSH port {Port} is held by another program: slot {Slot} is not given out", port, slot.Number);
            return;
        }
        if (!slot.MarkUsable())
            db.Remove(slot);
        logger.LogInformation("SSH port {Port} is free again: slot {Slot} can be used", port, slot.Number);
    }
}
