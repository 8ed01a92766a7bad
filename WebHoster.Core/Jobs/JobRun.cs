namespace WebHoster.Core.Jobs;

public enum JobOutcome { Running, Succeeded, Failed }

/// <summary>One run of a recurring job, from its start on.</summary>
public sealed class JobRun
{
    private JobRun() { }

    public JobRun(string job, string worker, DateTimeOffset now) => (Job, Worker, StartedAt) = (job, worker, now);

    public long Id { get; private set; }

    /// <summary>The recurring job's name.</summary>
    public string Job { get; private set; } = "";

    /// <summary>The worker's name.</summary>
    public string Worker { get; private set; } = "";

    public DateTimeOffset StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    public JobOutcome Outcome { get; private set; }

    /// <summary>What it did, where it says so.</summary>
    public string? Note { get; private set; }

    /// <summary>Why it failed, in a sentence.</summary>
    public string? Error { get; private set; }

    /// <summary>What the program said of the failure.</summary>
    public string? ErrorDetail { get; private set; }

    public void Succeed(string? note, DateTimeOffset now) => (Outcome, Note, FinishedAt) = (JobOutcome.Succeeded, note, now);

    public void Fail(string error, string? detail, DateTimeOffset now) =>
        (Outcome, Error, ErrorDetail, FinishedAt) = (JobOutcome.Failed, error, detail, now);
}
