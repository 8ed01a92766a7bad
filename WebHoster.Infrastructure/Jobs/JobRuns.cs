using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;
using WebHoster.Core.Jobs;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Operations;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Writes down how recurring jobs went. Where that cannot be written, the job itself goes on.</summary>
public sealed class JobRuns(IDbContextFactory<WebHosterDb> factory, WorkerIdentity worker, TimeProvider clock, ILogger<JobRuns> logger)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(8);

    /// <returns>Null where it could not be written.</returns>
    public async Task<long?> BeginAsync(string job, CancellationToken ct)
    {
        var run = new JobRun(job, worker.Name, clock.GetUtcNow());
        return await TryAsync(db => db.Add(run), ct) ? run.Id : null;
    }

    public Task SucceedAsync(long? id, string? note, CancellationToken ct) => EndAsync(id, run => run.Succeed(note, clock.GetUtcNow()), ct);

    public Task FailAsync(long? id, string trouble, Exception e, CancellationToken ct) => EndAsync(
        id, run => run.Fail($"{trouble}. {ReasonOf(e)}", FailureWords.DetailOf(e), clock.GetUtcNow()), ct);

    /// <summary>What was said for people, where something was: the exception within names the program's trouble only.</summary>
    public static string ReasonOf(Exception e) => (e is DomainException ? e : e.GetBaseException()).Message;

    /// <summary>Removes those that are older than a week's chart.</summary>
    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.JobRuns.Where(r => r.FinishedAt < before).ExecuteDeleteAsync(ct);
    }

    private async Task EndAsync(long? id, Action<JobRun> end, CancellationToken ct)
    {
        if (id is { } known)
            await TryAsync(async db => end(await db.JobRuns.SingleAsync(r => r.Id == known, ct)), ct);
    }

    private Task<bool> TryAsync(Action<WebHosterDb> change, CancellationToken ct) => TryAsync(
        db =>
        {
            change(db);
            return Task.CompletedTask;
        }, ct);

    private async Task<bool> TryAsync(Func<WebHosterDb, Task> change, CancellationToken ct)
    {
        try
        {
            await using var db = await factory.CreateDbContextAsync(ct);
            await change(db);
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && (e.IsDatabaseTrouble() || e is InvalidOperationException))
        {
            logger.LogWarning("A job's run was not written down: {Reason}", e.GetBaseException().Message);
            return false;
        }
    }
}
