namespace WebHoster.Core.Jobs;

/// <summary>
/// What administrators want of a recurring job. It is kept here and not in Quartz's tables, whose loss must lose nothing; the worker makes
/// Quartz follow it.
/// </summary>
public sealed class JobControl(string name)
{
    public string Name { get; private set; } = name;

    /// <summary>Null while the job comes round.</summary>
    public DateTimeOffset? PausedAt { get; set; }

    public Guid? PausedBy { get; set; }

    /// <summary>Set from the moment somebody wants one run out of turn until Quartz has been told.</summary>
    public DateTimeOffset? AskedAt { get; set; }
}
