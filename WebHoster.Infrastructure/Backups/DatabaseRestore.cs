using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Backups;

/// <summary>
/// Puts a backup's database in the place of the present one: into a new database first, which is compared with the manifest and brought to
/// this version's schema, then by two renames in one transaction. Whatever fails before that changes nothing; the former database is kept.
/// </summary>
public sealed class DatabaseRestore(
    IConfiguration configuration, PgTools tools, IOptions<InstallSettings> install, IOptions<GuestSettings> guest, TimeProvider clock)
{
    private readonly string _text = configuration.GetConnectionString("Default")!;
    private readonly ServerDatabases _server = new(configuration.GetConnectionString("Default")!);

    /// <summary>Unpacks, restores into a database of its own, compares, and leaves all as it was.</summary>
    /// <exception cref="HostException">The backup cannot be restored.</exception>
    public Task<Manifest> CheckAsync(string file, CancellationToken ct) => TryOutAsync(file, async (_, fresh) => await _server.DropAsync(fresh, ct), ct);

    /// <summary>Restores.</summary>
    /// <returns>The manifest, the former database's new name, and what was put back into the data directory.</returns>
    /// <exception cref="HostException">It was not restored, and nothing was changed.</exception>
    public async Task<(Manifest Manifest, string Former, IReadOnlyList<string> PutBack)> RestoreAsync(string file, CancellationToken ct)
    {
        await _server.RequireUnusedAsync(ct);
        var (former, putBack) = ("", (IReadOnlyList<string>)[]);
        var manifest = await TryOutAsync(file, async (folder, fresh) =>
        {
            former = NextFormer();
            await _server.ExchangeAsync(fresh, former, ct);
            putBack = DataFiles.PutBack(folder, install.Value.DataPath);
        }, ct);
        return (manifest, former, putBack);
    }

    /// <summary>Takes the last restore back: the database that it kept is the present one again, and the present one is kept.</summary>
    /// <returns>The names: of the one that is taken, and of the present one from now on.</returns>
    /// <exception cref="HostException">None is kept, or the database is in use. Nothing was changed.</exception>
    public async Task<(string Taken, string Former)> UndoAsync(CancellationToken ct)
    {
        await _server.RequireUnusedAsync(ct);
        if ((await _server.ListAsync(KeptPrefix, ct)).LastOrDefault() is not { } kept)
            throw new HostException("No database of an earlier restore is kept.");
        await MigrateAsync(kept, ct);
        var former = NextFormer();
        await _server.ExchangeAsync(kept, former, ct);
        return (kept, former);
    }

    /// <summary>Removes the databases that earlier restores have kept.</summary>
    public Task<IReadOnlyList<string>> ForgetAsync(CancellationToken ct) => _server.DropAllAsync(KeptPrefix, ct);

    private string KeptPrefix => $"{_server.Name}_before_";

    private string NextFormer() => KeptPrefix + StampOf(clock.GetUtcNow());

    private async Task<Manifest> TryOutAsync(string file, Func<string, string, Task> thenAsync, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("webhoster-restore-").FullName;
        var fresh = $"{_server.Name}_restore_{StampOf(clock.GetUtcNow())}";
        try
        {
            var manifest = await BackupArchive.ReadAsync(file, folder, ct);
            RequireOurs(manifest);
            // Of a restore that was killed.
            await _server.DropAllAsync($"{_server.Name}_restore_", ct);
            var major = await _server.CreateAsync(fresh, ct);
            await tools.RestoreAsync(_server.ConnectionTo(fresh), major, Path.Combine(folder, BackupArchive.Dump), ct);
            await CompareAsync(fresh, manifest, ct);
            await MigrateAsync(fresh, ct);
            await thenAsync(folder, fresh);
            return manifest;
        }
        catch
        {
            await _server.DropAsync(fresh, CancellationToken.None);
            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void RequireOurs(Manifest manifest)
    {
        var idFile = Path.Combine(install.Value.DataPath, "install-id");
        if (File.Exists(idFile) && Guid.TryParse(File.ReadAllText(idFile), out var id) && id != manifest.InstallId)
            throw new HostException(
                $"The backup is of install {manifest.InstallId} ({manifest.InstallName}), the directory {install.Value.DataPath} belongs to {id}. "
                + "Nothing was touched. Restore it where its machines are, or into an empty directory.");
        var known = new WebHosterDb(OptionsFor(_text)).Database.GetMigrations().ToHashSet();
        if (!known.Contains(manifest.Migration))
            throw new HostException($"The backup was made by a newer version ({manifest.Version}, schema {manifest.Migration}). Install that version first.");
    }

    private async Task CompareAsync(string fresh, Manifest manifest, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(SessionLimits.Apply(_server.ConnectionTo(fresh)));
        await connection.OpenAsync(ct);
        var rows = await TableRows.CountAsync(connection, ct);
        var wrong = manifest.Rows.Where(r => rows.GetValueOrDefault(r.Key, -1) != r.Value).Select(r => r.Key).ToList();
        if (wrong.Count > 0)
            throw new HostException($"The restored database is not whole: {string.Join(", ", wrong)} differ in their number of rows. Nothing was changed.");
        await using var whose = new NpgsqlCommand("select id from installs order by created_at limit 1", connection);
        if (await whose.ExecuteScalarAsync(ct) is not Guid id || id != manifest.InstallId)
            throw new HostException("The restored database belongs to another install than the backup says. Nothing was changed.");
    }

    private async Task MigrateAsync(string fresh, CancellationToken ct)
    {
        var factory = new PooledDbContextFactory<WebHosterDb>(OptionsFor(_server.ConnectionTo(fresh)));
        await new Migrator(factory, configuration, guest, clock).MigrateAsync(ct);
    }

    // No pool: a connection that lingers would keep the database from being renamed.
    private static DbContextOptions<WebHosterDb> OptionsFor(string connection) => new DbContextOptionsBuilder<WebHosterDb>()
        .UseNpgsql(new NpgsqlConnectionStringBuilder(SessionLimits.Apply(connection)) { Pooling = false }.ConnectionString).Options;

    private static string StampOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'_'HHmmss'_'fff", CultureInfo.InvariantCulture);
}
