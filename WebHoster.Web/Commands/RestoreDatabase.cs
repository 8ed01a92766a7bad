using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Backups;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Commands;

/// <summary>
/// <c>restore FILE</c> puts a backup in the place of the database; <c>restore --check FILE</c> tries it out beside; <c>restore --undo</c> puts
/// the former one back; <c>restore --forget</c> removes the databases that earlier restores have kept.
/// </summary>
public static class RestoreDatabase
{
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        var restore = services.GetRequiredService<DatabaseRestore>();
        switch (args)
        {
            case ["--forget"]:
                var dropped = await restore.ForgetAsync(ct);
                Console.WriteLine(dropped.Count == 0 ? "No database of an earlier restore is kept." : $"removed: {string.Join(", ", dropped)}");
                return 0;
            case ["--undo"]:
                var (taken, present) = await restore.UndoAsync(ct);
                Console.WriteLine($"{taken} is the database again; the one that was restored is kept as {present}");
                await RecordAsync(services, taken, ct);
                return 0;
            case ["--check", var file]:
                Describe(await restore.CheckAsync(Path.GetFullPath(file), ct));
                Console.WriteLine("It can be restored. Nothing was changed.");
                return 0;
            case [var file] when !file.StartsWith('-'):
                var (manifest, former, putBack) = await restore.RestoreAsync(Path.GetFullPath(file), ct);
                Describe(manifest);
                foreach (var name in putBack)
                    Console.WriteLine($"put back: {name}");
                Console.WriteLine($"restored; the former database is kept as {former}");
                await RecordAsync(services, file, ct);
                return 0;
            default:
                throw new InvalidInputException("arguments", "usage: restore [--check] FILE | restore --undo | restore --forget");
        }
    }

    private static void Describe(Manifest manifest) => Console.WriteLine(
        $"backup of {manifest.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC, install {manifest.InstallName} ({manifest.InstallId}), version {manifest.Version}, "
        + $"hostings: {manifest.Rows.GetValueOrDefault("hostings")}, people: {manifest.Rows.GetValueOrDefault("users")}");

    private static async Task RecordAsync(IServiceProvider services, string file, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<WebHosterDb>>().CreateDbContextAsync(ct);
        db.Add(new AuditEntry(services.GetRequiredService<TimeProvider>().GetUtcNow(), null, "database.restore", Path.GetFileName(file), "succeeded", null));
        await db.SaveChangesAsync(ct);
    }
}
