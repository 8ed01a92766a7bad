namespace WebHoster.Core.Metrics;

/// <summary>How finely figures are kept, and for how long: a ring of places, each taken anew when its time comes round.</summary>
/// <param name="Step">The time that one place stands for.</param>
/// <param name="Places">How many there are. Step times places is how far the ring reaches back.</param>
public sealed record MetricGrain(TimeSpan Step, int Places)
{
    /// <summary>An hour of samples as they were taken.</summary>
    public static readonly MetricGrain Fine = new(TimeSpan.FromSeconds(10), 360);

    /// <summary>A day of averages over ten minutes.</summary>
    public static readonly MetricGrain Day = new(TimeSpan.FromMinutes(10), 144);

    /// <summary>A week of averages over an hour.</summary>
    public static readonly MetricGrain Week = new(TimeSpan.FromHours(1), 168);

    /// <summary>Seconds: the ring's name in PostgreSQL.</summary>
    public int Seconds => (int)Step.TotalSeconds;

    public TimeSpan Reach => Step * Places;

    /// <summary>The beginning of the place in which this moment lies, UTC.</summary>
    public DateTimeOffset StartOf(DateTimeOffset moment) => new(moment.UtcTicks - moment.UtcTicks % Step.Ticks, TimeSpan.Zero);
}

/// <summary>What people look at.</summary>
public enum MetricRange { Hour, Day, Week }
