using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Data;

/// <summary>
/// Applies migrations under a lock in PostgreSQL, so that any number of processes may start at once. A portal with a PostgreSQL user of its own
/// (<c>ConnectionStrings:Web</c>) may not: it waits until the tables' owner has.
/// </summary>
public sealed class Migrator(
    IDbContextFactory<WebHosterDb> factory, IConfiguration configuration, IOptions<GuestSettings> guest, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private const long MigrationLock = 0x5748_4d49_4752; // "WHMIGR"; ends with the connection

    public async Task MigrateAsync(CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        // EF Core's own lock begins after its history table exists; this one covers the very first start too.
        await db.Database.OpenConnectionAsync(ct);
        if (!await MayMigrateAsync(db, ct))
        {
            await AwaitOwnerAsync(db, ct);
            return;
        }

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
        if (configuration.GetConnectionString("Web") is { Length: > 0 } web)
            await WebGrants.ApplyAsync(db, new NpgsqlConnectionStringBuilder(web).Username, ct);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_unlock({MigrationLock})", ct);
    }

    /// <summary>As the owner of the tables, or where there are none yet.</summary>
    private static Task<bool> MayMigrateAsync(WebHosterDb db, CancellationToken ct) => db.Database.SqlQuery<bool>(
        $"select coalesce((select pg_has_role(relowner, 'usage') from pg_class where oid = to_regclass('users')), true) as \"Value\"").SingleAsync(ct);

    /// <exception cref="HostException">Nobody does.</exception>
    private async Task AwaitOwnerAsync(WebHosterDb db, CancellationToken ct)
    {
        // PostgreSQL announces no change of its tables' shape.
        for (var until = clock.GetUtcNow() + Patience; (await db.Database.GetPendingMigrationsAsync(ct)).Any(); await Task.Delay(Pause, clock, ct))
        {
            if (clock.GetUtcNow() > until)
                throw new HostException("The database is older than this program: start the worker, or run './webhoster up', which brings it up to date.");
        }
    }
}
