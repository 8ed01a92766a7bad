using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Account;

namespace WebHoster.Web.Streams;

/// <summary>Asks again, while a stream is open, whether its caller may still be there: none shows cookie or token twice.</summary>
public sealed class CallerWatch(Callers callers, IOptions<AccountSettings> accounts, TimeProvider clock, ILogger<CallerWatch> logger)
{
    /// <summary>Returns when the caller may no longer be there; at <paramref name="ct"/> it throws.</summary>
    public async Task UntilUnwelcomeAsync(HttpContext context, CancellationToken ct)
    {
        var expiry = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
        do
            await Task.Delay(accounts.Value.CheckInterval, clock, ct);
        while ((expiry is null || expiry > clock.GetUtcNow()) && await IsWelcomeAsync(context, ct));
    }

    /// <summary>For a long transfer: breaks it off when the caller may no longer be there.</summary>
    public void BreakOffWhenUnwelcome(HttpContext context)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var watch = WatchAsync();
        context.Response.OnCompleted(async () =>
        {
            // Waited for: afterwards the context is another request's.
            await end.CancelAsync();
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            end.Dispose();
        });

        async Task WatchAsync()
        {
            await UntilUnwelcomeAsync(context, end.Token);
            context.Abort();
        }
    }

    private async Task<bool> IsWelcomeAsync(HttpContext context, CancellationToken ct)
    {
        try
        {
            if (BearerText.Of(context.Request) is { } text && TokenText.Hash(text) is { } hash)
                return await callers.FindByTokenAsync(hash, ct) is not null;
            return await callers.FindAgainAsync(context.User, ct) is not null;
        }
        catch (Exception e) when (e.IsDatabaseTrouble() && !ct.IsCancellationRequested)
        {
            logger.LogWarning("Whether a caller may stay could not be asked: {Reason}", e.GetBaseException().Message);
            return true;
        }
    }
}
