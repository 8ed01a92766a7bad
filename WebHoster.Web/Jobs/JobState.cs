using WebHoster.Core;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Jobs;

/// <summary>Where operations are, as the dashboard counts them: each is in one of these.</summary>
public enum JobState { Queued, Running, Scheduled, Failed, Succeeded, Cancelled }

/// <summary>How states are spelt, in addresses and for people, and which operations are in them.</summary>
public static class JobStateWords
{
    /// <summary>Null where it is no state's word.</summary>
    public static JobState? Parse(string? word) => Enum.GetValues<JobState>().Cast<JobState?>().FirstOrDefault(s => s!.Value.Word() == word);

    public static string Path(this JobState state) => $"/admin/jobs/{state.Word()}";

    public static string Name(this JobState state) => state switch
    {
        JobState.Queued => Texts.Key("In line"),
        JobState.Running => Texts.Key("Under way"),
        JobState.Scheduled => Texts.Key("Scheduled"),
        JobState.Failed => Texts.Key("Failed"),
        JobState.Succeeded => Texts.Key("Done"),
        JobState.Cancelled => Texts.Key("Called off"),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static long Of(this JobCounts counts, JobState state) => state switch
    {
        JobState.Queued => counts.Queued,
        JobState.Running => counts.Running,
        JobState.Scheduled => counts.Scheduled,
        JobState.Failed => counts.Failed,
        JobState.Succeeded => counts.Succeeded,
        JobState.Cancelled => counts.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static IQueryable<Operation> Rows(this JobState state, WebHosterDb db) =>
        state == JobState.Scheduled ? JobBoard.PutOff(db) : JobBoard.In(db, Enum.Parse<OperationStatus>(state.ToString()));
}
