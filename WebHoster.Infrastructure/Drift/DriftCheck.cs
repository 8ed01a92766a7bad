using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Drift;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;

namespace WebHoster.Infrastructure.Drift;

/// <summary>Looks at the host by fsck and keeps what it saw. One look or repair at a time in a process: what one mends the other must not report.</summary>
public sealed class DriftCheck(
    Fsck fsck, DriftLedger ledger, InstallIdentity identity, WorkerIdentity worker, IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Waits for its turn; the turn ends when the answer is disposed of.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        return new Turn(_one);
    }

    /// <param name="asked">The look that somebody asked for; null for one whose time has come round.</param>
    /// <param name="repaired">Findings whose repair this look is to prove, and who asked for it.</param>
    /// <exception cref="Core.Errors.HostException">The host could not be looked at; that is kept, too.</exception>
    public async Task<FsckReport> RunAsync(DriftRun? asked, CancellationToken ct, IReadOnlyDictionary<Guid, Guid?>? repaired = null)
    {
        // Before anything is written: another host's database is left alone.
        await identity.GetAsync(ct);
        var run = asked ?? new DriftRun(clock.GetUtcNow(), null);
        run.Start(worker.Name, clock.GetUtcNow());
        await SaveAsync(run, ct);
        try
        {
            var report = await fsck.RunAsync(ct);
            await ledger.RecordAsync(run, report, repaired ?? new Dictionary<Guid, Guid?>(), ct);
            return report;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && !e.IsDatabaseTrouble())
        {
            run.Fail(e.GetBaseException().Message, clock.GetUtcNow());
            await SaveAsync(run, ct);
            throw;
        }
    }

    private async Task SaveAsync(DriftRun run, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        db.Update(run);
        await db.SaveChangesAsync(ct);
    }

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
