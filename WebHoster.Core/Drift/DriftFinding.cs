namespace WebHoster.Core.Drift;

/// <summary>How a finding ended: repaired by somebody or by the worker's sweep, or not seen any more.</summary>
public enum DriftEnd { Repaired, Passed }

/// <summary>A difference between PostgreSQL and the host, from the look that saw it first to the one that did not see it any more.</summary>
public sealed class DriftFinding
{
    public const int MaxSubjectLength = 200;
    public const int MaxWordsLength = 4000;

    private DriftFinding() { }

    public DriftFinding(string kind, string subject, bool mendable, long runId, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        (Kind, Subject, Mendable, FirstRunId, FirstSeenAt) = (kind, subject, mendable, runId, now);
    }

    public Guid Id { get; private set; }

    public string Kind { get; private set; } = "";

    /// <summary>Slug, domain, path or number.</summary>
    public string Subject { get; private set; } = "";

    /// <summary>What differs, and what would mend it.</summary>
    public string Words { get; private set; } = "";

    public string Mend { get; private set; } = "";

    /// <summary>False where only a person can decide.</summary>
    public bool Mendable { get; private set; }

    public long FirstRunId { get; private set; }

    public DateTimeOffset FirstSeenAt { get; private set; }

    public DateTimeOffset LastSeenAt { get; private set; }

    /// <summary>In how many looks it was seen.</summary>
    public int Sightings { get; private set; }

    /// <summary>Null while it is there.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    public DriftEnd? Ended { get; private set; }

    /// <summary>Who asked for the repair; null where the worker did it by itself.</summary>
    public Guid? RepairedBy { get; private set; }

    public void See(string words, string mend, DateTimeOffset now) =>
        (Words, Mend, LastSeenAt, Sightings) = (words.Length > MaxWordsLength ? words[..MaxWordsLength] : words, mend, now, Sightings + 1);

    /// <summary>What is kept of a subject.</summary>
    public static string Cut(string subject) => subject.Length > MaxSubjectLength ? subject[..MaxSubjectLength] : subject;

    public void End(DateTimeOffset now) => (EndedAt, Ended) = (now, DriftEnd.Passed);

    public void Repaired(Guid? by, DateTimeOffset now) => (EndedAt, Ended, RepairedBy) = (now, DriftEnd.Repaired, by);
}
