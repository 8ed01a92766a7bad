using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>
/// Notices that a worker is silent, wherever another process is: a killed one cannot say so itself. Two rounds in a row have to find it silent,
/// for after PostgreSQL was away everybody seems so at first.
/// </summary>
public sealed class WorkerWatch(IDbContextFactory<WebHosterDb> factory, ILogger<WorkerWatch> logger)
    : Clockwork(WorkerBeat.Interval, atOnce: false, "The workers were not looked after", logger)
{
    private static readonly TimeSpan Silence = 2.5 * WorkerBeat.Interval;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly ILogger _logger = logger;
    private List<Guid> _silent = [];

    protected override async Task RoundAsync(CancellationToken ct)
    {
        var before = _silent;
        _silent = [];
        await using var db = await factory.CreateDbContextAsync(ct);
        await db.Workers.Where(w => (w.StoppedAt ?? w.GoneAt) < DateTimeOffset.UtcNow - Kept).ExecuteDeleteAsync(ct);
        _silent = await db.Database.SqlQuery<Guid>(
            $"""select id as "Value" from workers where stopped_at is null and gone_at is null and seen_at < now() - {Silence}""").ToListAsync(ct);
        if (_silent.Intersect(before).ToArray() is not { Length: > 0 } gone)
            return;
        // What it was about to do with its runs nobody will say any more.
        var names = await db.Database.SqlQuery<string>(
            $"""
             with gone as (
                 update workers set gone_at = now(), busy = 0 where id = any({gone}) and gone_at is null and seen_at < now() - {Silence} returning name),
             lost as (
                 update job_runs set outcome = 'failed', finished_at = now(), error = 'The worker that did it is gone.'
                 where finished_at is null and worker in (select name from gone))
             select name as "Value" from gone
             """).ToListAsync(ct);
        foreach (var name in names)
            _logger.LogWarning("The worker {Name} is gone", name);
    }
}
