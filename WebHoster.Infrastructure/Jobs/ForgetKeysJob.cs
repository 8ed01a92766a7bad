using Microsoft.Extensions.Logging;
using Quartz;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Idempotency;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Removes answers to requests that nobody repeats any more, and sessions that have ended by themselves.</summary>
public sealed class ForgetKeysJob(IdempotencyStore store, Sessions sessions, ILogger<ForgetKeysJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken ct)
    {
        try
        {
            await store.ForgetAsync(ct);
            await sessions.ForgetAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("Old idempotency keys and sessions were not removed: {Reason}", e.GetBaseException().Message);
        }
    }
}
