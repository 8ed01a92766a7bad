using Npgsql;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>A host whose PostgreSQL lies on a disk that can be filled. Its log is never recycled, so that it needs space to go on.</summary>
public sealed class FullDatabaseHost : FaultHost
{
    private const string Settings = "-c synchronous_commit=on -c max_wal_size=1GB -c checkpoint_timeout=1h";
    private const string WriteOn = "select pg_logical_emit_message(false, 'filler', repeat('x', 100000))";
    private SmallDisk? _disk;
    private PostgresCluster? _cluster;

    internal override PostgresFixture NewDatabase()
    {
        if (_disk is null)
            return base.NewDatabase();
        _cluster = PostgresCluster.Start(Directory.CreateDirectory(Path.Combine(_disk.Path, "pg")).FullName, Settings);
        return new PostgresFixture(_cluster);
    }

    protected override Dictionary<string, string?> SettingsIn(string folder)
    {
        var settings = base.SettingsIn(folder);
        if (SmallDisk.Refusal is not null)
            return settings;
        _disk = SmallDisk.Mount(megabytes: 128);
        settings["FAULT_DISK"] = _disk.Path;
        return settings;
    }

    internal async Task<string> TryAsync(OperationKind kind, Call at)
    {
        var owner = await AddUserAsync();
        if (kind == OperationKind.Delete)
            EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Create));

        Tools.Tell(new Fault("fill", at));
        var id = await RequestAsync(owner, kind);
        await Eventually.TrueAsync(() => _disk!.IsFull);
        var end = await WriteUntilRefusedAsync();
        _disk!.Free();
        _cluster!.Revive();
        await Eventually.TrueAsync(AcceptsAsync);
        ForgetConnections();
        var operation = await EndedAsync(owner, id);

        var trial = $"{kind} with PostgreSQL's disk full from {at} ({end}): {operation.Status}";
        // PostgreSQL's trouble says nothing about the host.
        Assert.True(operation.Status == OperationStatus.Succeeded, $"{trial} {operation.Error}\n{operation.ErrorDetail}\n{WorkerLogs}");
        await AssertFsckCleanAsync(trial);
        var hosting = await FindAsync(owner);
        Assert.Equal(kind == OperationKind.Create ? HostingStatus.Running : null, hosting?.Status);
        if (hosting is not null)
            EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Delete));
        return trial;
    }

    public override async Task DisposeAsync()
    {
        _disk?.Free();
        _cluster?.Revive();
        ForgetConnections();
        await base.DisposeAsync();
        _disk?.Dispose();
    }

    /// <summary>False while it still recovers.</summary>
    private async Task<bool> AcceptsAsync()
    {
        try
        {
            await Postgres.ExecuteAsync("select 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Without space for its log PostgreSQL panics, and does not come up again until there is some.</summary>
    private async Task<string> WriteUntilRefusedAsync()
    {
        while (true)
        {
            try
            {
                await Postgres.ExecuteAsync(WriteOn);
            }
            catch (NpgsqlException e)
            {
                return e is PostgresException refused ? refused.MessageText : "it hung up";
            }
        }
    }
}
