namespace WebHoster.Core.Drift;

/// <summary>One look of fsck at the host.</summary>
public sealed class DriftRun
{
    private DriftRun() { }

    public DriftRun(DateTimeOffset at, Guid? askedBy) => (AskedAt, AskedBy) = (at, askedBy);

    public long Id { get; private set; }

    public DateTimeOffset AskedAt { get; private set; }

    /// <summary>Null where its time had come round.</summary>
    public Guid? AskedBy { get; private set; }

    public string? Worker { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>What it saw: differences, hostings, and those that an unfinished operation owns.</summary>
    public int Differences { get; private set; }

    public int Hostings { get; private set; }

    public int Pending { get; private set; }

    /// <summary>Why it could not look.</summary>
    public string? Error { get; private set; }

    public void Start(string worker, DateTimeOffset now) => (Worker, StartedAt) = (worker, now);

    public void Finish(int differences, int hostings, int pending, DateTimeOffset now) =>
        (Differences, Hostings, Pending, FinishedAt) = (differences, hostings, pending, now);

    public void Fail(string error, DateTimeOffset now) => (Error, FinishedAt) = (error, now);
}
