using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>
/// Work that comes round again and again by a timer of its own, not by Quartz: a trigger that a killed worker had fired stays blocked in
/// Quartz's tables until its cluster gives that worker up, some 20 s later. A round that fails is logged; the next one tries again.
/// </summary>
/// <param name="atOnce">Whether the first round waits for no interval.</param>
/// <param name="trouble">What did not come about, for the log: "The scan was cut short".</param>
public abstract class Clockwork(TimeSpan interval, bool atOnce, string trouble, ILogger logger) : BackgroundService
{
    protected abstract Task RoundAsync(CancellationToken ct);

    protected async Task TryRoundAsync(CancellationToken ct)
    {
        try
        {
            await RoundAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("{Trouble} ({Reason}); trying again soon", trouble, e.GetBaseException().Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            if (atOnce)
                await TryRoundAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryRoundAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
