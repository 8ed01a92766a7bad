using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Data;

/// <summary>Applies migrations under a lock in PostgreSQL, so that any number of processes may start at once.</summary>
public sealed class Migrator(IDbContextFactory<WebHosterDb> factory, IOptions<GuestSettings> guest, TimeProvider clock)
{
    private const long MigrationLock = 0x5748_4d49_4752; // "WHMIGR"; ends with the connection

    public async Task MigrateAsync(CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        // EF Core's own lock begins after its history table exists; this one covers the very first start too.
        await db.Database.OpenConnectionAsync(ct);
        // A big table takes its time, and so does another process that migrates; the pool resets the session afterwards.
        db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
        await db.Database.ExecuteSqlRawAsync(SessionLimits.Unlimited, ct);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_lock({MigrationLock})", ct);
        await db.Database.MigrateAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"insert into installs (id, created_at) select {Guid.NewGuid()}, {clock.GetUtcNow()} where not exists (select from installs)", ct);
        await db.Database.ExecuteSqlAsync(
            $"""
             insert into plans (name, memory_mb, vcpus, disk_gb, max_hostings)
             values ({Plan.Standard}, {guest.Value.MemoryMb}, {guest.Value.Vcpus}, {guest.Value.DiskGb}, 1) on conflict do nothing
             """, ct);
        await db.Database.ExecuteSqlAsync(
            $"insert into roles (id, name, normalized_name) values ({Guid.NewGuid()}, {Roles.Admin}, {Roles.Admin.ToUpperInvariant()}) on conflict do nothing", ct);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_unlock({MigrationLock})", ct);
    }
}
