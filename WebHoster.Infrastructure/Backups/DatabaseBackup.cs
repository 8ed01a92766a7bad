using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Backups;

/// <summary>Writes one backup: the database as it is at one moment, and the secrets without which its rows are of little use.</summary>
public sealed class DatabaseBackup(
    NpgsqlDataSource source, IConfiguration configuration, PgTools tools, BackupFolder folder, IOptions<InstallSettings> install, TimeProvider clock)
{
    /// <param name="target">Absolute; null for a new one in the folder, where older ones are removed then.</param>
    /// <exception cref="HostException">It could not be made; nothing is left of it.</exception>
    /// <exception cref="HostBusyException">Another one is being made.</exception>
    public async Task<BackupFile> MakeAsync(string? target, CancellationToken ct)
    {
        using var turn = Take();
        var now = clock.GetUtcNow();
        try
        {
            if (target is null)
                folder.Prepare();
            var file = target ?? folder.NameFor(now);
            await WriteAsync(file, now, ct);
            if (target is null)
                folder.Prune();
            return new BackupFile(file, now, new FileInfo(file).Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostException($"The backup could not be written: {e.Message}", null, e);
        }
    }

    private FileStream Take()
    {
        Directory.CreateDirectory(install.Value.Run);
        try
        {
            return new FileStream(Path.Combine(install.Value.Run, "backup.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new HostBusyException("Another backup is being made.", e.Message);
        }
    }

    private async Task WriteAsync(string file, DateTimeOffset now, CancellationToken ct)
    {
        var dump = file + ".dump";
        try
        {
            // pg_dump writes with the umask's mode into a file that is there already with ours.
            await using (new FileStream(dump, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
            }
            var manifest = await DumpAsync(dump, now, ct);
            var files = new SortedDictionary<string, string>(Belongings(), StringComparer.Ordinal) { [BackupArchive.Dump] = dump };
            var hashes = new Dictionary<string, string>();
            foreach (var (name, path) in files)
                hashes[name] = await BackupArchive.HashAsync(path, ct);
            await BackupArchive.WriteAsync(file, manifest with { Files = hashes }, files, ct);
        }
        finally
        {
            File.Delete(dump);
        }
    }

    /// <summary>What is counted is what is dumped: pg_dump reads this transaction's snapshot.</summary>
    private async Task<Manifest> DumpAsync(string dump, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using (var unlimited = new NpgsqlCommand(SessionLimits.Unlimited, connection))
            await unlimited.ExecuteNonQueryAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        await using var export = new NpgsqlCommand("select pg_export_snapshot()", connection);
        var snapshot = (string)(await export.ExecuteScalarAsync(ct))!;
        var rows = await TableRows.CountAsync(connection, ct);
        await using var facts = new NpgsqlCommand(
            """select (select id from installs order by created_at limit 1), (select max("MigrationId") from "__EFMigrationsHistory")""", connection);
        await using var reader = await facts.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (id, migration) = (reader.GetGuid(0), reader.GetString(1));
        await reader.CloseAsync();
        await tools.DumpAsync(configuration.GetConnectionString("Default")!, connection.PostgreSqlVersion.Major, snapshot, dump, ct);
        return new Manifest(
            Manifest.CurrentFormat, id, install.Value.Name, BuildVersion.Text, now, migration, connection.PostgreSqlVersion.ToString(), rows,
            new Dictionary<string, string>());
    }

    private Dictionary<string, string> Belongings()
    {
        var data = install.Value.DataPath;
        var single = new[] { "install-id", "settings.env" }.Where(name => File.Exists(Path.Combine(data, name)));
        var inFolders = new[] { "secrets", "keys" }.Where(name => Directory.Exists(Path.Combine(data, name)))
            .SelectMany(name => Directory.GetFiles(Path.Combine(data, name)).Select(f => $"{name}/{Path.GetFileName(f)}"));
        return single.Concat(inFolders).Where(BackupArchive.IsKnown).ToDictionary(name => name, name => Path.Combine(data, name));
    }
}
