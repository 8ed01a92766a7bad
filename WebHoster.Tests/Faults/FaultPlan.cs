using Xunit.Abstractions;

namespace WebHoster.Tests.Faults;

/// <summary>
/// Which faults a run tries, chosen by a seed. It is always the same one unless <c>WEBHOSTER_FAULT_SEED</c> names another, so that a
/// red run is the last change's doing. More runs than there are faults begin anew; <c>WEBHOSTER_FAULT_RUNS=all</c> is each once.
/// </summary>
internal sealed class FaultPlan
{
    private const int UsualSeed = 7;

    private readonly string? _runs = Environment.GetEnvironmentVariable("WEBHOSTER_FAULT_RUNS");
    private readonly int _usual;

    public FaultPlan(ITestOutputHelper output, int usual)
    {
        _usual = usual;
        Seed = int.TryParse(Environment.GetEnvironmentVariable("WEBHOSTER_FAULT_SEED"), out var seed) ? seed : UsualSeed;
        Random = new Random(Seed);
        output.WriteLine($"WEBHOSTER_FAULT_SEED={Seed}");
    }

    public int Seed { get; }

    /// <summary>True where somebody has asked for figures.</summary>
    public bool IsLong => _runs is not null;

    public Random Random { get; }

    /// <summary>How many, where there is no list to choose from.</summary>
    public int Runs => int.TryParse(_runs, out var runs) ? runs : _usual;

    public IEnumerable<T> Choose<T>(IEnumerable<T> all)
    {
        var shuffled = all.ToArray();
        Random.Shuffle(shuffled);
        return Enumerable.Range(0, _runs == "all" ? shuffled.Length : Runs).Select(i => shuffled[i % shuffled.Length]);
    }
}
