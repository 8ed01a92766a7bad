using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Faults;

/// <summary>What an operation calls when nobody disturbs it: where faults can be put.</summary>
internal static class Recording
{
    /// <summary>Each call, with its number among its like. Looks are those of two such operations: the worker's clocks look as well, at any time.</summary>
    public static async Task<IReadOnlyList<Call>> RecordAsync(this FaultHost host, OperationKind kind, bool effectsOnly)
    {
        var (since, until) = await RecordAsync(host, kind);
        var calls = host.Tools.CallsBetween(since, until, effectsOnly);
        if (effectsOnly)
            return calls;
        host.Recorded.Remove(kind);
        (since, until) = await RecordAsync(host, kind);
        return [.. calls.Intersect(host.Tools.CallsBetween(since, until, effectsOnly))];
    }

    /// <summary>The effects, in order.</summary>
    public static async Task<IReadOnlyList<Call>> RecordChainAsync(this FaultHost host, OperationKind kind)
    {
        var (since, until) = await RecordAsync(host, kind);
        return host.Tools.EffectsInOrder(since, until);
    }

    /// <summary>Between which lines of the log of calls one such operation is; done once for each host.</summary>
    private static async Task<(int Since, int Until)> RecordAsync(FaultHost host, OperationKind kind)
    {
        if (host.Recorded.TryGetValue(kind, out var known))
            return known;
        var owner = await host.AddUserAsync();
        OperationKind[] life = kind is OperationKind.Create or OperationKind.Delete
            ? [OperationKind.Create, OperationKind.Delete] : [OperationKind.Create, kind, OperationKind.Delete];
        foreach (var each in life)
        {
            var since = host.Tools.Count;
            EngineHost.AssertSucceeded(await host.DoAsync(owner, each));
            host.Recorded[each] = (since, host.Tools.Count);
        }
        return host.Recorded[kind];
    }
}
