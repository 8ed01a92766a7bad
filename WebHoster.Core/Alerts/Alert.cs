namespace WebHoster.Core.Alerts;

/// <summary>What needs attention.</summary>
public enum AlertKind { OperationFailed, DriftFound, WorkerGone, CapacityLow, DatabaseTrouble, BackupFailed, OperationSlow, HostingUnwell, JobFailing }

/// <summary>How an alert ended: the matter is over, or an administrator put it aside.</summary>
public enum AlertEnd { Resolved, Dismissed }

/// <summary>Something that needs attention, from when it began to when it was over. One is open of each kind and subject.</summary>
public sealed class Alert
{
    public const int MaxWordsLength = 4000;

    private Alert() { }

    public Alert(AlertKind kind, string subject, string words, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        (Kind, Subject, Words, OpenedAt) = (kind, subject, Cut(words), now);
    }

    public Guid Id { get; private set; }

    public AlertKind Kind { get; private set; }

    /// <summary>What it is about: an operation's id, a host's name, a resource; with the kind it tells one alert from another.</summary>
    public string Subject { get; private set; } = "";

    /// <summary>For people: what is the matter.</summary>
    public string Words { get; private set; } = "";

    public DateTimeOffset OpenedAt { get; private set; }

    /// <summary>Null while it is open.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    public AlertEnd? Ended { get; private set; }

    /// <summary>Who put it aside.</summary>
    public Guid? DismissedBy { get; private set; }

    public bool IsOpen => EndedAt is null;

    /// <summary>The matter goes on, and is told in other words now.</summary>
    public void Say(string words) => Words = Cut(words);

    /// <summary>What is kept of the words.</summary>
    public static string Cut(string words) => words.Length > MaxWordsLength ? words[..MaxWordsLength] : words;

    public void Resolve(DateTimeOffset now) => (EndedAt, Ended) = (now, AlertEnd.Resolved);

    public void Dismiss(Guid by, DateTimeOffset now) => (EndedAt, Ended, DismissedBy) = (now, AlertEnd.Dismissed, by);
}
