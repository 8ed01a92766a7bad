using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Infrastructure.Desk;

/// <summary>What needs an administrator, the gravest first.</summary>
public sealed class AttentionReport(
    IDbContextFactory<WebHosterDb> factory, JobList jobs, SlotPlan plan, IOptions<EngineSettings> engine, TimeProvider clock)
{
    /// <summary>Of a kind, so many are named.</summary>
    public const int Named = 5;

    private const double Nearly = 0.9;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan WorkerPatience = TimeSpan.FromMinutes(2);

    /// <param name="without">Kinds that nobody asks for, and that are not looked for.</param>
    public async Task<IReadOnlyList<Attention>> ReadAsync(Capacity capacity, IReadOnlySet<AttentionKind> without, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        var (first, count) = (plan.FirstPort, plan.Count);
        (AttentionKind Kind, IQueryable<AttentionItem> Items)[] lists =
        [
            (AttentionKind.OperationFailed, db.Operations
                .Where(o => o.Status == OperationStatus.Failed && o.CreatedAt > now - Day).OrderByDescending(o => o.CreatedAt)
                .Select(o => new AttentionItem(o.Slug, o.Error, o.FinishedAt, o.HostingId))),
            (AttentionKind.OperationSlow, SlowOperations.Of(db, now, engine.Value).OrderBy(o => o.CreatedAt)
                .Select(o => new AttentionItem(o.Slug, null, o.CreatedAt, o.HostingId))),
            (AttentionKind.HostingFailed, db.Hostings
                .Where(h => h.Status == HostingStatus.Failed).OrderByDescending(h => h.CreatedAt)
                .Select(h => new AttentionItem(h.Slug, null, null, h.Id))),
            (AttentionKind.HostingUnhealthy, Unhealthy(db.Hostings).OrderByDescending(h => h.CreatedAt)
                .Select(h => new AttentionItem(h.Slug, h.Health.Word(), null, h.Id))),
            (AttentionKind.DisabledPersonsHosting, db.Hostings
                .Where(h => h.Desired == DesiredState.Running && db.Users.Any(u => u.Id == h.OwnerId && u.DisabledAt != null)).OrderByDescending(h => h.CreatedAt)
                .Select(h => new AttentionItem(h.Slug, null, null, h.Id))),
            (AttentionKind.SlotUnusable, db.Slots
                .Where(s => s.State == SlotState.Unusable && s.Number < count).OrderBy(s => s.Number)
                .Select(s => new AttentionItem((first + s.Number).ToString(), null, null, null))),
        ];
        List<Attention> all = [.. (await OfHostAsync(capacity, now, ct)).Where(a => !without.Contains(a.Kind))];
        foreach (var (kind, items) in lists.Where(l => !without.Contains(l.Kind)))
            all.Add(await OfAsync(kind, items, ct));
        return [.. all.Where(a => a.Count > 0)];
    }

    /// <summary>Those that run and do not answer as they should.</summary>
    public static IQueryable<Hosting> Unhealthy(IQueryable<Hosting> hostings) => hostings.Where(h => h.Status == HostingStatus.Running
        && (h.Health == HostingHealth.NoHttp || h.Health == HostingHealth.NoSsh || h.Health == HostingHealth.Unreachable));

    private async Task<IEnumerable<Attention>> OfHostAsync(Capacity capacity, DateTimeOffset now, CancellationToken ct)
    {
        var workers = await jobs.ListWorkersAsync(ct);
        var host = capacity.Host;
        return new (AttentionKind Kind, bool Holds, DateTimeOffset? At)[]
        {
            (AttentionKind.NoWorker, !workers.Any(w => w.StoppedAt is null && w.SeenAt > now - WorkerPatience), workers.Max(w => (DateTimeOffset?)w.SeenAt)),
            (AttentionKind.DiskNearlyFull, host is { DiskGb: { } disk, DiskFreeGb: { } free } && free < disk * (1 - Nearly), null),
            (AttentionKind.MemoryOverbooked, capacity.Reserved.MemoryMb > host.MemoryMb, null),
            (AttentionKind.SlotsNearlyOut, capacity.Slots.Free < capacity.Slots.Total * (1 - Nearly), null),
        }.Where(a => a.Holds).Select(a => new Attention(a.Kind, 1, [new AttentionItem("", null, a.At, null)]));
    }

    private static async Task<Attention> OfAsync(AttentionKind kind, IQueryable<AttentionItem> items, CancellationToken ct)
    {
        var first = await items.Take(Named + 1).ToListAsync(ct);
        return new Attention(kind, first.Count <= Named ? first.Count : await items.CountAsync(ct), [.. first.Take(Named)]);
    }
}
