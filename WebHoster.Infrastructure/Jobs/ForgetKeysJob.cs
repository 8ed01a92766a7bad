using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Idempotency;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Removes answers to requests that nobody repeats any more.</summary>
public sealed class ForgetKeysJob(IdempotencyStore store, JobRuns runs, ILogger<ForgetKeysJob> logger)
    : RecordedJob(runs, "Old idempotency keys were not removed", logger)
{
    protected override async Task<string?> RunAsync(CancellationToken ct)
    {
        await store.ForgetAsync(ct);
        return null;
    }
}
