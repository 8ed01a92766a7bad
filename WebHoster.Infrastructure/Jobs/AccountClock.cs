using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Takes the deletion of accounts further, whoever began it.</summary>
public sealed class AccountClock(AccountRemoval removal, IOptions<EngineSettings> settings, ILogger<AccountClock> logger)
    : Clockwork(TimeSpan.FromSeconds(settings.Value.ScanSeconds), atOnce: true, "Accounts that are being deleted were not looked after", logger)
{
    protected override async Task RoundAsync(CancellationToken ct)
    {
        foreach (var id in await removal.ListAsync(ct))
        {
            try
            {
                await removal.AdvanceAsync(id, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // One that cannot go on must not keep the others waiting.
                logger.LogWarning(e, "The deletion of account {UserId} did not go on: {Reason}", id, e.GetBaseException().Message);
            }
        }
    }
}
