using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Slots;

/// <summary>How many slots there are, and what they are at. Free ones can be given out now.</summary>
public sealed record SlotCounts(int Total, int Held, int Resting, int Unusable, int Free);

/// <summary>What all hostings may use together.</summary>
public sealed record ReservedResources(int Hostings, long MemoryMb, long Vcpus, long DiskGb);

/// <summary>How full the host is.</summary>
public sealed record Capacity(SlotCounts Slots, ReservedResources Reserved, HostResources Host);

/// <summary>Counts it.</summary>
public sealed class CapacityReport(
    IDbContextFactory<WebHosterDb> factory, SlotPlan plan, IOptions<EngineSettings> engine, IOptions<InstallSettings> install, TimeProvider clock)
{
    public async Task<Capacity> ReadAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var rested = clock.GetUtcNow().AddDays(-engine.Value.SlotRestDays);
        var used = await db.Slots.Where(s => s.Number < plan.Count && !(s.State == SlotState.Resting && s.ReleasedAt <= rested))
            .GroupBy(s => s.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var slots = new SlotCounts(
            plan.Count, used.GetValueOrDefault(SlotState.Held), used.GetValueOrDefault(SlotState.Resting), used.GetValueOrDefault(SlotState.Unusable),
            plan.Count - used.Values.Sum());
        var reserved = await db.Hostings.GroupBy(_ => 1)
            .Select(g => new ReservedResources(g.Count(), g.Sum(h => (long)h.MemoryMb), g.Sum(h => (long)h.Vcpus), g.Sum(h => (long)h.DiskGb)))
            .SingleOrDefaultAsync(ct);
        return new Capacity(slots, reserved ?? new ReservedResources(0, 0, 0, 0), HostResources.Read(install.Value.DataPath));
    }
}
