using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>What administrators ask of recurring jobs. A worker sees to it at once; asked for twice, it is done once.</summary>
public sealed class JobRequests(IDbContextFactory<WebHosterDb> factory, JobList list, TimeProvider clock)
{
    /// <summary>One run out of turn, also of one that is held.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    public Task RunNowAsync(Guid actor, string name, IPAddress? from, CancellationToken ct) => ChangeAsync(
        actor, name, "job.run", from, db => db.Database.ExecuteSqlAsync(
            $"insert into job_controls (name, asked_at) values ({name}, now()) on conflict (name) do update set asked_at = now()", ct), ct);

    /// <summary>It does not come round until somebody lets it go on.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    public Task PauseAsync(Guid actor, string name, IPAddress? from, CancellationToken ct) => ChangeAsync(
        actor, name, "job.pause", from, db => db.Database.ExecuteSqlAsync(
            $"""
             insert into job_controls as c (name, paused_at, paused_by) values ({name}, now(), {actor})
             on conflict (name) do update set paused_at = now(), paused_by = {actor} where c.paused_at is null
             """, ct), ct);

    /// <summary>It comes round again.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    public Task ResumeAsync(Guid actor, string name, IPAddress? from, CancellationToken ct) => ChangeAsync(
        actor, name, "job.resume", from, db => db.Database.ExecuteSqlAsync(
            $"update job_controls set paused_at = null, paused_by = null where name = {name} and paused_at is not null", ct), ct);

    /// <param name="change">How many rows it changed.</param>
    private async Task ChangeAsync(Guid actor, string name, string action, IPAddress? from, Func<WebHosterDb, Task<int>> change, CancellationToken ct)
    {
        if ((await list.ListAsync(ct)).All(j => j.Name != name))
            throw new NotFoundException("There is no such job.");
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await change(db) == 0)
            return;
        db.Add(new AuditEntry(clock.GetUtcNow(), actor, action, name, "accepted", from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
