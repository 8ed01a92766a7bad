using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Operations;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Removes runs of jobs, looks at the host, ended alerts and lines of operations that nobody looks up any more.</summary>
public sealed class ForgetHistoryJob(JobRuns runs, DriftLedger drift, AlertBook alerts, OperationLogs logs, ILogger<ForgetHistoryJob> logger)
    : RecordedJob(runs, "Old history was not removed", logger)
{
    private readonly JobRuns _runs = runs;

    protected override async Task<string?> RunAsync(CancellationToken ct)
    {
        var removed = await _runs.ForgetAsync(ct) + await drift.ForgetAsync(ct) + await alerts.ForgetAsync(ct) + await logs.ForgetAsync(ct);
        return removed == 1 ? "1 row removed." : $"{removed} rows removed.";
    }
}
