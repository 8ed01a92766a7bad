using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Backups;

/// <summary>Looks whether a backup is due and makes it: what was slept through, or failed, is made up for at the next look.</summary>
public sealed class BackupJob(DatabaseBackup backup, BackupFolder folder, JobRuns runs, TimeProvider clock, ILogger<BackupJob> logger)
    : RecordedJob(runs, "The database was not backed up", logger)
{
    public const string Name = "back-up-database";

    protected override async Task<string?> RunAsync(CancellationToken ct)
    {
        try
        {
            if (!folder.IsDue(clock.GetUtcNow()))
                return "No backup is due.";
            var made = await backup.MakeAsync(null, ct);
            Tallies.Backups.Add(1, "made");
            return $"{Path.GetFileName(made.Path)} made.";
        }
        catch (HostBusyException)
        {
            return "Somebody makes a backup by hand just now.";
        }
        catch when (!ct.IsCancellationRequested)
        {
            Tallies.Backups.Add(1, "failed");
            throw;
        }
    }
}
