using Microsoft.Extensions.Logging;
using Quartz;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Backups;

/// <summary>Looks whether a backup is due and makes it: what was slept through, or failed, is made up for at the next look.</summary>
public sealed class BackupJob(DatabaseBackup backup, BackupFolder folder, TimeProvider clock, ILogger<BackupJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken ct)
    {
        try
        {
            if (!folder.IsDue(clock.GetUtcNow()))
                return;
            var made = await backup.MakeAsync(null, ct);
            Tallies.Backups.Add(1, "made");
            logger.LogInformation("The database was backed up: {File}, {Bytes} bytes", made.Path, made.Bytes);
        }
        catch (HostBusyException)
        {
            // Somebody makes one by hand just now.
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Tallies.Backups.Add(1, "failed");
            logger.LogError("The database was not backed up: {Reason}", e.GetBaseException().Message);
        }
    }
}
