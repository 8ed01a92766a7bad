using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Drift;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Drift;

/// <summary>A repair and who asked for it.</summary>
/// <param name="AskedBy">A username; null where the worker did it by itself, or somebody at the host's terminal.</param>
public sealed record RepairView(DriftRepair Repair, string? AskedBy);

/// <summary>A finding with its repairs, newest first.</summary>
/// <param name="HostingId">Of the hosting that it is about; null where it is about none.</param>
public sealed record FindingView(DriftFinding Finding, Guid? HostingId, IReadOnlyList<RepairView> Repairs)
{
    public bool IsBeingRepaired => Repairs is [{ Repair.IsUnfinished: true }, ..];
}

/// <summary>How the host is, by the looks at it.</summary>
/// <param name="Last">The newest look that has ended; null where nobody looked yet.</param>
/// <param name="UnderWay">True while one was asked for or is under way.</param>
public sealed record DriftState(DriftRun? Last, bool UnderWay, int Open, int Mendable);

/// <summary>What administrators see of drift.</summary>
public sealed class DriftQueries(IDbContextFactory<WebHosterDb> factory)
{
    public async Task<DriftState> ReadStateAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var last = await db.DriftRuns.AsNoTracking().Where(r => r.FinishedAt != null).OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct);
        var underWay = await db.DriftRuns.AnyAsync(r => r.FinishedAt == null && (r.AskedBy != null || r.StartedAt == null), ct);
        var open = await db.DriftFindings.Where(f => f.EndedAt == null).Select(f => f.Mendable).ToListAsync(ct);
        return new DriftState(last, underWay, open.Count, open.Count(m => m));
    }

    /// <summary>What differs now, oldest first.</summary>
    public Task<IReadOnlyList<FindingView>> ListOpenAsync(CancellationToken ct) =>
        ListAsync(rows => rows.Where(f => f.EndedAt == null).OrderBy(f => f.Id), ct);

    /// <summary>What is over, newest first.</summary>
    public Task<IReadOnlyList<FindingView>> ListEndedAsync(int most, CancellationToken ct) =>
        ListAsync(rows => rows.Where(f => f.EndedAt != null).OrderByDescending(f => f.EndedAt).ThenByDescending(f => f.Id).Take(most), ct);

    /// <summary>Null where there is none.</summary>
    public async Task<FindingView?> FindAsync(Guid id, CancellationToken ct) => (await ListAsync(rows => rows.Where(f => f.Id == id), ct)) is [var one] ? one : null;

    /// <summary>With the repairs of these.</summary>
    public async Task<IReadOnlyList<FindingView>> ListAsync(Func<IQueryable<DriftFinding>, IQueryable<DriftFinding>> choose, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var findings = await choose(db.DriftFindings.AsNoTracking()).ToListAsync(ct);
        var ids = findings.Select(f => f.Id).ToList();
        var repairs = await db.DriftRepairs.AsNoTracking().Where(r => ids.Contains(r.FindingId)).OrderByDescending(r => r.Id)
            .Select(r => new { Repair = r, User = db.Users.Where(u => u.Id == r.AskedBy).Select(u => u.UserName).FirstOrDefault() }).ToListAsync(ct);
        var subjects = findings.Select(f => f.Subject).ToList();
        var hostings = await db.Hostings.Where(h => subjects.Contains(h.Slug)).ToDictionaryAsync(h => h.Slug, h => h.Id, ct);
        return
        [
            .. findings.Select(f => new FindingView(
                f, hostings.TryGetValue(f.Subject, out var id) ? id : null,
                [.. repairs.Where(r => r.Repair.FindingId == f.Id).Select(r => new RepairView(r.Repair, r.User))])),
        ];
    }
}
