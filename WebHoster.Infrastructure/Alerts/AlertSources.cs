using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core;
using WebHoster.Core.Alerts;
using WebHoster.Core.Hostings;
using WebHoster.Core.Jobs;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Backups;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>
/// Operations that failed, until the same was done after all or there is nothing left to do it to. A create's hosting is gone with it: a week tells its end.
/// </summary>
public sealed class FailedOperations : IAlertSource
{
    private const int Most = 200;
    private static readonly TimeSpan News = TimeSpan.FromDays(7);

    public AlertKind Kind => AlertKind.OperationFailed;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        var since = now - News;
        var failed = await db.Operations.AsNoTracking().IgnoreAutoIncludes()
            .Where(o => o.Status == OperationStatus.Failed && db.Users.Any(u => u.Id == o.OwnerId))
            .Where(o => !db.Operations.Any(n => n.OwnerId == o.OwnerId && n.Slug == o.Slug && n.CreatedAt > o.CreatedAt && n.Status == OperationStatus.Succeeded))
            .Where(o => o.Kind == OperationKind.Create ? o.FinishedAt > since : db.Hostings.Any(h => h.Id == o.HostingId && h.Status == HostingStatus.Failed))
            // The oldest: what was told stays told, however many more fail.
            .OrderBy(o => o.FinishedAt).ThenBy(o => o.Id).Take(Most).ToListAsync(ct);
        return [.. failed.Select(o => new AlertCondition($"{o.Id}", $"The {o.Kind.Word()} of {o.Slug} failed. {o.Error}".TrimEnd(), o.FinishedAt!.Value))];
    }
}

/// <summary>Operations that nobody has ended though a create, the longest of them, would have been given up.</summary>
public sealed class SlowOperations(IOptions<EngineSettings> engine) : IAlertSource
{
    private const int Most = 200;

    public AlertKind Kind => AlertKind.OperationSlow;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        var slow = await Of(db, now, engine.Value).AsNoTracking().IgnoreAutoIncludes().OrderBy(o => o.CreatedAt).ThenBy(o => o.Id).Take(Most).ToListAsync(ct);
        return [.. slow.Select(o => new AlertCondition($"{o.Id}", $"The {o.Kind.Word()} of {o.Slug} takes too long.", o.CreatedAt))];
    }

    public static IQueryable<Operation> Of(WebHosterDb db, DateTimeOffset now, EngineSettings engine)
    {
        var before = now.AddSeconds(-engine.CreateDeadlineSeconds);
        return db.Operations.Where(o => (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running) && o.CreatedAt < before);
    }
}

/// <summary>Hostings whose machine runs and whose site or SSH has not answered for a while: longer than a guest's own restart takes.</summary>
public sealed class UnwellHostings : IAlertSource
{
    private const int Most = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public AlertKind Kind => AlertKind.HostingUnwell;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        var before = now - Patience;
        var unwell = await db.Hostings.AsNoTracking().Where(h => h.UnwellSince < before).OrderBy(h => h.UnwellSince).ThenBy(h => h.Id)
            .Select(h => new { h.Id, h.Slug, Since = h.UnwellSince!.Value }).Take(Most).ToListAsync(ct);
        return [.. unwell.Select(h => new AlertCondition($"{h.Id}", $"The machine of {h.Slug} runs, but its site or its SSH does not answer.", h.Since))];
    }
}

/// <summary>The last look whether a backup is due ended in none being made, or nobody looks.</summary>
public sealed class FailedBackups : IAlertSource
{
    private const string Database = "database";

    public AlertKind Kind => AlertKind.BackupFailed;

    public bool Covers(string subject) => subject == Database;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.JobControls.AsNoTracking().FirstOrDefaultAsync(c => c.Name == BackupJob.Name && c.PausedAt != null, ct) is { } paused)
            return [new AlertCondition(Database, "The daily backup of the database is paused.", paused.PausedAt!.Value)];
        var ended = db.JobRuns.AsNoTracking().Where(r => r.Job == BackupJob.Name && r.FinishedAt != null);
        if (await ended.OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct) is not { Outcome: JobOutcome.Failed } last)
            return [];
        var succeeded = await ended.Where(r => r.Outcome == JobOutcome.Succeeded).MaxAsync(r => (long?)r.Id, ct) ?? 0;
        return [new AlertCondition(Database, last.Error!, await ended.Where(r => r.Id > succeeded).MinAsync(r => r.FinishedAt!.Value, ct))];
    }
}

/// <summary>Recurring jobs, besides the backup, that have failed several times in a row: once passes by itself.</summary>
public sealed class FailingJobs : IAlertSource
{
    private const int InARow = 3;

    /// <summary>An hourly job's runs are within it.</summary>
    private static readonly TimeSpan News = TimeSpan.FromHours(4);

    public AlertKind Kind => AlertKind.JobFailing;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        var since = now - News;
        var names = await db.JobRuns.Where(r => r.FinishedAt > since && r.Outcome == JobOutcome.Failed && r.Job != BackupJob.Name).Select(r => r.Job).Distinct().ToListAsync(ct);
        var conditions = new List<AlertCondition>();
        foreach (var name in names)
        {
            var last = await db.JobRuns.AsNoTracking().Where(r => r.Job == name && r.FinishedAt != null).OrderByDescending(r => r.Id).Take(InARow).ToListAsync(ct);
            if (last.Count == InARow && last.TrueForAll(r => r.Outcome == JobOutcome.Failed))
                conditions.Add(new AlertCondition(name, $"The job {name} has failed several times in a row. {last[0].Error}", last[^1].FinishedAt!.Value));
        }
        return conditions;
    }
}

/// <summary>What differs on the host and did not pass by itself; all of one kind are one alert.</summary>
public sealed class StandingDrift : IAlertSource
{
    /// <summary>Looks that a difference has to outlast where the worker mends it by itself.</summary>
    private const int Patience = 2;

    private const int Named = 5;

    public AlertKind Kind => AlertKind.DriftFound;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        var findings = await db.DriftFindings.AsNoTracking().Where(f => f.EndedAt == null && (!f.Mendable || f.Sightings > Patience)).OrderBy(f => f.Subject).ToListAsync(ct);
        return
        [
            .. findings.GroupBy(f => f.Kind).Select(same => new AlertCondition(
                same.Key,
                same.Count() == 1
                    ? string.Join(' ', "Something on the host differs.", same.First().Words, $"({same.Key} of {same.First().Subject})")
                    : $"Several things on the host differ: {same.Key} of {string.Join(", ", same.Take(Named).Select(f => f.Subject))}{(same.Count() > Named ? ", …" : "")}.",
                same.Max(f => f.FirstSeenAt))),
        ];
    }
}

/// <summary>Workers that have gone without a word and without a successor, and no worker at all.</summary>
public sealed class GoneWorkers : IAlertSource
{
    public const string All = "all";

    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(30);

    /// <summary>One that only stood still has come back by then.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(5);

    public AlertKind Kind => AlertKind.WorkerGone;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        var workers = await db.Workers.AsNoTracking().ToListAsync(ct);
        var gone = workers.Where(w => w.GoneAt < now - Doubt && !workers.Any(n => n.Host == w.Host && n.StartedAt > w.SeenAt)).ToList();
        if (gone.Count > 0)
            return [.. gone.Select(w => new AlertCondition(w.Name, $"The worker {w.Name} has gone without a word.", w.GoneAt!.Value))];
        return workers.Count == 0 || workers.Any(w => w.StoppedAt is null && w.GoneAt is null) || workers.Max(w => w.SeenAt) is var last && last > now - Restart
            ? [] : [new AlertCondition(All, "No worker runs: nothing is created, changed or deleted until one is started.", workers.Max(w => w.SeenAt))];
    }
}

/// <summary>PostgreSQL has hardly a connection left.</summary>
public sealed class ScarceConnections : IAlertSource
{
    private const double Most = 0.9;

    public AlertKind Kind => AlertKind.DatabaseTrouble;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        var used = await db.Database.SqlQuery<int>(
            $"""select count(*)::int as "Value" from pg_stat_activity where backend_type = 'client backend'""").SingleAsync(ct);
        var all = await db.Database.SqlQuery<int>($"""select current_setting('max_connections')::int as "Value" """).SingleAsync(ct);
        // Not the number itself: it changes all the time, and with it the words would.
        return used < all * Most ? [] : [new AlertCondition("connections", $"PostgreSQL has hardly a connection left of its {all}.", now.AddDays(-1))];
    }
}

/// <summary>Little is left of the host that this worker works on.</summary>
public sealed class LowCapacity(CapacityReport report, IOptions<AlertSettings> settings) : IAlertSource
{
    private const string Slots = "slots";

    private readonly string _host = Environment.MachineName;

    public AlertKind Kind => AlertKind.CapacityLow;

    private string Memory => $"memory {_host}";

    private string Disk => $"disk {_host}";

    public bool Covers(string subject) => subject == Slots || subject == Memory || subject == Disk;

    public async Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct)
    {
        var (slots, _, host) = await report.ReadAsync(ct);
        var since = now.AddDays(-1);
        List<AlertCondition> low = [];
        if (slots.Free < settings.Value.FreeSlots)
            low.Add(new AlertCondition(Slots, "Few places for hostings are left on this host.", since));
        if (IsLow(host.MemoryFreeMb, host.MemoryMb, settings.Value.FreeMemoryPercent))
            low.Add(new AlertCondition(Memory, $"Little memory is left on {_host}.", since));
        if (IsLow(host.DiskFreeGb, host.DiskGb, settings.Value.FreeDiskPercent))
            low.Add(new AlertCondition(Disk, $"Little disk is left on {_host}.", since));
        return low;
    }

    private static bool IsLow(long? free, long? all, int percent) => free is { } left && all > 0 && left * 100 < all * percent;
}
