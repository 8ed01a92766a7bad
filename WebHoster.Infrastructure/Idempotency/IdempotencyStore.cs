using Microsoft.EntityFrameworkCore;
using Npgsql;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Idempotency;

/// <summary>The answers to requests that carried an <c>Idempotency-Key</c>, per person, for a day.</summary>
public sealed class IdempotencyStore(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Null where the key is new, or old enough to be new again.</summary>
    public async Task<IdempotencyRecord?> FindAsync(Guid ownerId, string key, CancellationToken ct)
    {
        var forgotten = clock.GetUtcNow() - Kept;
        await using var db = await factory.CreateDbContextAsync(ct);
        await db.IdempotencyRecords.Where(r => r.OwnerId == ownerId && r.Key == key && r.CreatedAt <= forgotten).ExecuteDeleteAsync(ct);
        return await db.IdempotencyRecords.AsNoTracking().FirstOrDefaultAsync(r => r.OwnerId == ownerId && r.Key == key, ct);
    }

    /// <summary>Keeps the answer, also of a request that saved nothing on its way; the first answer stays.</summary>
    public async Task KeepAsync(IdempotentRequest request, int status, string? location, string? body, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"""
             insert into idempotency_records as r (owner_id, key, request_hash, created_at, status, location, body)
             values ({request.OwnerId}, {request.Key}, {request.Hash}, {clock.GetUtcNow()}, {status}, {location}, {body})
             on conflict (owner_id, key) do update set status = excluded.status, location = excluded.location, body = excluded.body
             where r.status is null and r.request_hash = excluded.request_hash
             """, ct);
    }

    /// <summary>Makes the key of a request new again that was refused; not of one that made something, as its location says.</summary>
    public async Task ForgetAsync(IdempotentRequest request, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await db.IdempotencyRecords
            .Where(r => r.OwnerId == request.OwnerId && r.Key == request.Key && r.RequestHash == request.Hash && r.Status == null && r.Location == null)
            .ExecuteDeleteAsync(ct);
    }

    public async Task<int> ForgetAsync(CancellationToken ct)
    {
        var forgotten = clock.GetUtcNow() - Kept;
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.IdempotencyRecords.Where(r => r.CreatedAt <= forgotten).ExecuteDeleteAsync(ct);
    }

    /// <summary>True where another request with the same key was first.</summary>
    public static bool IsTaken(Exception e) => e is DbUpdateException
    {
        InnerException: PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "PK_idempotency_records" },
    };
}
