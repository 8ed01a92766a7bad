using Microsoft.Extensions.Logging;
using Quartz;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>A recurring job whose runs are kept, with their outcome. A run that fails is logged; the next one tries again.</summary>
/// <param name="trouble">What did not come about, for the log: "The host was not swept".</param>
public abstract class RecordedJob(JobRuns runs, string trouble, ILogger logger) : IJob
{
    /// <returns>What it did, in a few words; null where that is not worth any.</returns>
    protected abstract Task<string?> RunAsync(CancellationToken ct);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken ct) => await ExecuteAsync(context.JobDetail.Key.Name, ct);

    /// <param name="name">Under which the run is kept.</param>
    public async Task ExecuteAsync(string name, CancellationToken ct)
    {
        var run = await runs.BeginAsync(name, ct);
        try
        {
            var note = await RunAsync(ct);
            await runs.SucceedAsync(run, note, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("{Trouble}: {Reason}", trouble, JobRuns.ReasonOf(e));
            await runs.FailAsync(run, trouble, e, ct);
        }
    }
}
