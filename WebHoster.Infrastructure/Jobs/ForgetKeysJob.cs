using Microsoft.Extensions.Logging;
using Quartz;
using WebHoster.Infrastructure.Idempotency;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Removes answers to requests that nobody repeats any more.</summary>
public sealed class ForgetKeysJob(IdempotencyStore store, ILogger<ForgetKeysJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken ct)
    {
        try
        {
            await store.ForgetAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("Old idempotency keys were not removed: {Reason}", e.GetBaseException().Message);
        }
    }
}
