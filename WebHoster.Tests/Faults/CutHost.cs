using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>A host whose worker reaches PostgreSQL through a line that can be cut. The portal's line is whole.</summary>
public sealed class CutHost : FaultHost
{
    // A round of everything that the worker does by the clock: its figures go out every ten seconds.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(11);
    private readonly Dictionary<OperationKind, IReadOnlyList<Call>> _recorded = [];

    internal PostgresProxy Line { get; private set; } = null!;

    protected override string WorkersDatabase(string direct) => (Line = new PostgresProxy(direct)).ConnectionString;

    /// <summary>The statements of an undisturbed create or delete; learnt once.</summary>
    internal async Task<IReadOnlyList<Call>> RecordStatementsAsync(OperationKind kind)
    {
        if (_recorded.Count == 0)
        {
            var background = await BackgroundAsync();
            var owner = await AddUserAsync();
            foreach (var each in new[] { OperationKind.Create, OperationKind.Delete })
            {
                var since = Line.Count;
                EngineHost.AssertSucceeded(await DoAsync(owner, each));
                _recorded[each] = [.. Line.Since(since).Where(c => !background.Contains(c.Key))];
            }
        }
        return _recorded[kind];
    }

    /// <summary>A create or delete with one cut in it; says what came of it.</summary>
    internal async Task<string> TryAsync(OperationKind kind, Cut cut, Call at)
    {
        var owner = await AddUserAsync();
        if (kind == OperationKind.Delete)
            EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Create));

        Line.Tell(cut, at);
        var operation = await DoAsync(owner, kind);
        Line.TellNothing();

        var trial = $"{(Line.HasCut ? "" : "NOT REACHED ")}{kind} cut {cut} {at}: {operation.Status} after {(operation.FinishedAt - operation.CreatedAt)?.TotalSeconds:0.0} s";
        // A lost line says nothing about the host: nothing was refused, so nothing has to be undone.
        Assert.True(operation.Status == OperationStatus.Succeeded, $"{trial} {operation.Error} {operation.ErrorDetail}\n{WorkerLogs}");
        await AssertFsckCleanAsync(trial);
        var hosting = await FindAsync(owner);
        Assert.Equal(kind == OperationKind.Create ? HostingStatus.Running : null, hosting?.Status);
        if (hosting is not null)
            EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Delete));
        return trial;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Line.DisposeAsync();
    }

    private async Task<IReadOnlySet<string>> BackgroundAsync()
    {
        var since = Line.Count;
        await Task.Delay(Idle);
        return Line.Since(since).Select(c => c.Key).ToHashSet();
    }
}
