using Microsoft.Extensions.DependencyInjection;
using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Backups;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Tests.Alerts;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Backups;

/// <summary>A backup that is not made is seen: as a failed run, and as an alert until one is.</summary>
[Trait("Category", "Integration")]
public sealed class BackupJobTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-backup-job-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ABackupThatCannotBeWrittenIsToldUntilOneIsMade()
    {
        // Not even root can make a folder in a file.
        var place = Path.Combine(_folder, "backups");
        await File.WriteAllTextAsync(place, "");
        await using var host = await AlertHost.StartAsync(postgres, settings: [$"Install:DataPath={_folder}", $"Backup:Path={place}"]);
        await postgres.ExecuteAsync("truncate job_runs");

        await RunAsync();
        Assert.StartsWith("The database was not backed up. The backup could not be written:", await LastAsync("failed", "error"));
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.BackupFailed, Subject: "database" }]);

        await host.Book.DismissAsync(Guid.NewGuid(), (await host.Queries.ListOpenAsync(default))[0].Id, null, default);
        await RunAsync();
        // Rounds of the scan later it is still put aside: it fails for the same reason.
        await Task.Delay(TimeSpan.FromSeconds(7));
        Assert.Empty(await host.Queries.ListOpenAsync(default));

        File.Delete(place);
        await RunAsync();
        Assert.EndsWith(".backup made.", await LastAsync("succeeded", "note"));
        await RunAsync();
        Assert.Equal("No backup is due.", await LastAsync("succeeded", "note"));

        Task RunAsync() => ActivatorUtilities.CreateInstance<BackupJob>(host.Services, ActivatorUtilities.CreateInstance<JobRuns>(host.Services))
            .ExecuteAsync(BackupJob.Name, default);
    }

    [Fact]
    public async Task OneThatIsMadeEndsTheAlert()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        await postgres.ExecuteAsync("truncate job_runs");
        await AddAsync("failed");
        await Eventually.TrueAsync(async () => await host.Queries.ListOpenAsync(default) is [{ Kind: AlertKind.BackupFailed, Words: "No room." }]);
        await AddAsync("succeeded");
        await Eventually.TrueAsync(async () => (await host.Queries.ListOpenAsync(default)).Count == 0);

        Task AddAsync(string outcome) => postgres.ExecuteAsync(
            "insert into job_runs (job, worker, started_at, finished_at, outcome, error) values ('back-up-database', 'host:1', now(), now(), @outcome, 'No room.')",
            ("outcome", outcome));
    }

    private Task<string?> LastAsync(string outcome, string column) => postgres.ScalarAsync<string>(
        $"select {column} from job_runs where outcome = @outcome order by id desc limit 1", ("outcome", outcome));
}
