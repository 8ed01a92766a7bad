using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Slots;

/// <summary>Hands out slots inside the request's transaction: what is rolled back was never taken.</summary>
public sealed class SlotAllocator(SlotPlan plan, IOptions<EngineSettings> engine, TimeProvider clock)
{
    private const long AllocationLock = 0x5748_534c_4f54; // "WHSLOT"

    /// <exception cref="CapacityException">All are held, resting or unusable.</exception>
    public async Task<Slot> AllocateAsync(WebHosterDb db, CancellationToken ct)
    {
        await LockAsync(db, ct);
        var fresh = await db.Database.SqlQuery<int?>(
            $"""
             select min(n) as "Value" from generate_series(0, {plan.Count - 1}) n
             where not exists (select from slots where number = n)
             """).SingleAsync(ct);
        if (fresh is { } number)
        {
            var slot = new Slot(number);
            db.Add(slot);
            return slot;
        }

        var rested = clock.GetUtcNow().AddDays(-engine.Value.SlotRestDays);
        return await db.Slots.Where(s => s.State == SlotState.Resting && s.ReleasedAt <= rested && s.Number < plan.Count)
                .OrderBy(s => s.ReleasedAt).FirstOrDefaultAsync(ct)
            ?? throw new CapacityException("This host has no place left for another hosting. Try again later, or ask the people who run it.");
    }

    /// <summary>Until the transaction ends, nobody else gives out slots or takes them out of use.</summary>
    internal static Task LockAsync(WebHosterDb db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({AllocationLock})", ct);
}
