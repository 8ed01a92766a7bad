using System.Net;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>A host whose data directory (machines, nginx's folders, locks, logs) is a disk that can be filled.</summary>
public sealed class FullDiskHost : FaultHost
{
    private const string Words = "The host's disk is full.";
    private SmallDisk? _disk;

    protected override Dictionary<string, string?> SettingsIn(string folder)
    {
        var settings = base.SettingsIn(folder);
        if (SmallDisk.Refusal is not null)
            return settings;
        _disk = SmallDisk.Mount(megabytes: 24);
        settings["Install:DataPath"] = _disk.Path;
        settings["FAULT_DISK"] = _disk.Path;
        return settings;
    }

    /// <summary>An operation whose disk is full from one call on, until it has ended or waits for its next try.</summary>
    internal async Task<string> TryAsync(OperationKind kind, Call at)
    {
        var owner = await AddUserAsync();
        if (kind != OperationKind.Create)
            EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Create));
        Tools.Tell(new Fault("fill", at));

        var id = await RequestAsync(owner, kind);
        var ended = EndedAsync(owner, id);
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(ended, PutOffAsync(owner, enough.Token));
        await enough.CancelAsync();
        var waits = !ended.IsCompleted;
        var full = _disk!.IsFull;
        using (var answer = await Nginx.GetAsync("/.well-known/webhoster/generation"))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        _disk.Free();
        var operation = await ended;
        Tools.TellNothing();

        var trial = $"{(full ? "" : "NOT REACHED ")}{kind} with a full disk from {at}: {operation.Status}{(waits ? ", once there was room" : "")}";
        if (operation.Status != OperationStatus.Succeeded)
            Assert.True(operation.Error!.Contains(Words), $"{trial}: {operation.Error}\n{operation.ErrorDetail}");
        if (waits)
            Assert.True((await Postgres.ScalarAsync<long>(
                "select count(*) from operation_events where operation_id = @id and message like @words", ("id", id), ("words", $"%{Words}%"))) > 0, trial);
        await EndWellAsync(owner, kind, operation, trial);
        return trial;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _disk?.Dispose();
    }

    private async Task EndWellAsync(Guid owner, OperationKind kind, Operation operation, string trial)
    {
        await AssertFsckCleanAsync(trial);
        var hosting = await FindAsync(owner);
        if (kind == OperationKind.Delete || (kind == OperationKind.Create && operation.Status == OperationStatus.Failed))
        {
            Assert.Null(hosting);
            return;
        }
        if (operation.Status == OperationStatus.Failed)
        {
            Assert.Equal(HostingStatus.Failed, hosting?.Status);
            EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Rebuild));
        }
        Assert.Equal(HostingStatus.Running, (await FindAsync(owner))?.Status);
        EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Delete));
    }

    private async Task PutOffAsync(Guid owner, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested && !(_disk!.IsFull && await FindAsync(owner) is { Attempts: > 0 }))
            await Task.Delay(50, CancellationToken.None);
    }
}
