using WebHoster.Core.Jobs;
using WebHoster.Infrastructure.Backups;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Jobs;

/// <summary>Recurring jobs and workers in words; each is a key of <see cref="Texts"/>.</summary>
public static class JobWords
{
    /// <summary>What the job does; empty for one that is not known here.</summary>
    public static string About(string job) => job switch
    {
        BackupJob.Name => Texts.Key("Looks whether the day's backup of the database is due, and makes it."),
        "check-health" => Texts.Key("Asks every running machine whether its site and SSH answer."),
        "forget-history" => Texts.Key("Removes old runs, looks at the host and ended alerts."),
        "forget-idempotency-keys" => Texts.Key("Removes answers to requests that nobody repeats any more."),
        "sweep-host" => Texts.Key("Compares the host with the database and removes what nobody owns."),
        _ => "",
    };

    public static string Of(WorkerState state) => state switch
    {
        WorkerState.Alive => Texts.Key("Alive"),
        WorkerState.Gone => Texts.Key("Gone"),
        WorkerState.Stopped => Texts.Key("Stopped"),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>CSS, as of <c>StatusLook</c>.</summary>
    public static string ToneOf(WorkerState state) => state switch
    {
        WorkerState.Alive => "good",
        WorkerState.Gone => "bad",
        _ => "calm",
    };

    public static string Of(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Running => Texts.Key("Under way"),
        JobOutcome.Succeeded => Texts.Key("Done"),
        JobOutcome.Failed => Texts.Key("Failed"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    public static string ToneOf(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Succeeded => "good",
        JobOutcome.Failed => "bad",
        _ => "busy",
    };
}
