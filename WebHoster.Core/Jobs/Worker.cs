namespace WebHoster.Core.Jobs;

public enum WorkerState { Alive, Gone, Stopped }

/// <summary>A worker process, by the row that it writes every two seconds while it lives. Times are PostgreSQL's.</summary>
public sealed class Worker
{
    private Worker() { }

    public Guid Id { get; private set; }

    /// <summary>Host and process id, as leases name their holder.</summary>
    public string Name { get; private set; } = "";

    public string Host { get; private set; } = "";

    public string Version { get; private set; } = "";

    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Its last sign of life.</summary>
    public DateTimeOffset SeenAt { get; private set; }

    /// <summary>When it said that it stops.</summary>
    public DateTimeOffset? StoppedAt { get; private set; }

    /// <summary>When somebody noticed that it is silent.</summary>
    public DateTimeOffset? GoneAt { get; private set; }

    /// <summary>How many hostings it works on at once at most, and now.</summary>
    public int Parallelism { get; private set; }

    public int Busy { get; private set; }

    public WorkerState State => StoppedAt is not null ? WorkerState.Stopped : GoneAt is not null ? WorkerState.Gone : WorkerState.Alive;
}
