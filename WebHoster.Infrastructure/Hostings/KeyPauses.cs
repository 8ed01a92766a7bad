using System.Collections.Concurrent;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>
/// How long a machine that did not take its keys is left alone: longer each time, and not at all for newer keys. In memory,
/// for a worker that begins may well ask at once.
/// </summary>
public sealed class KeyPauses(TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<Guid, Refusal> _refusals = new();

    /// <param name="wanted">Of the keys that are to be delivered.</param>
    public bool IsOver(Guid hostingId, int wanted) =>
        !_refusals.TryGetValue(hostingId, out var last) || last.Wanted != wanted || last.Until <= clock.GetUtcNow();

    /// <summary>2 s after the first refusal of the same keys, then doubled each time.</summary>
    public TimeSpan Begin(Guid hostingId, int wanted)
    {
        var times = _refusals.TryGetValue(hostingId, out var last) && last.Wanted == wanted ? last.Times + 1 : 1;
        var pause = TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, times)));
        _refusals[hostingId] = new Refusal(wanted, times, clock.GetUtcNow() + pause);
        return pause;
    }

    public void Forget(Guid hostingId) => _refusals.TryRemove(hostingId, out _);

    private sealed record Refusal(int Wanted, int Times, DateTimeOffset Until);
}
