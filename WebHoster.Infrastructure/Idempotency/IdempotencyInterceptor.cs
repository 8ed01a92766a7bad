using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Idempotency;

/// <summary>
/// The first thing that a request with an <c>Idempotency-Key</c> saves takes the request's record along, in one transaction: killed
/// anywhere, both are there or neither is. The record's primary key lets no second request with that key save anything.
/// </summary>
public sealed class IdempotencyInterceptor(TimeProvider clock) : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (IdempotentRequest.Current is { IsRecorded: false } request && eventData.Context is WebHosterDb db)
            Record(db, request);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (IdempotentRequest.Current is { } request && RecordIn(eventData.Context) is not null)
            request.IsRecorded = true;
        return ValueTask.FromResult(result);
    }

    private void Record(WebHosterDb db, IdempotentRequest request)
    {
        // A context that failed to save it may try again.
        if (RecordIn(db) is not null)
            return;
        var location = db.ChangeTracker.Entries().Where(e => e.State == EntityState.Added)
            .Select(e => request.Locate(e.Entity)).FirstOrDefault(l => l is not null);
        db.Add(new IdempotencyRecord(request.OwnerId, request.Key, request.Hash, clock.GetUtcNow()) { Location = location });
    }

    private static IdempotencyRecord? RecordIn(DbContext? db) =>
        db?.ChangeTracker.Entries<IdempotencyRecord>().Select(e => e.Entity).FirstOrDefault();
}
