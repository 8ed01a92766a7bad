using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Idempotency;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Removes answers to requests that nobody repeats any more, and sessions that have ended by themselves.</summary>
public sealed class ForgetKeysJob(IdempotencyStore store, Sessions sessions, JobRuns runs, ILogger<ForgetKeysJob> logger)
    : RecordedJob(runs, "Old idempotency keys and sessions were not removed", logger)
{
    protected override async Task<string?> RunAsync(CancellationToken ct)
    {
        await store.ForgetAsync(ct);
        await sessions.ForgetAsync(ct);
        return null;
    }
}
