using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Realtime;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>A clockwork that goes round at once when something of a kind has changed, and at its interval should that have been missed.</summary>
/// <param name="kind">Of <see cref="Change"/>.</param>
public abstract class BellClockwork(ChangeFeed feed, string kind, TimeSpan interval, string trouble, ILogger logger)
    : Clockwork(interval, atOnce: false, trouble, logger)
{
    /// <summary>What is due and cannot be done is not looked at all the time.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);

    private readonly TimeSpan _interval = interval;
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>When the next round is due, where that is earlier than the interval's; null where nothing is waited for.</summary>
    protected virtual Task<TimeSpan?> NextAsync(CancellationToken ct) => Task.FromResult<TimeSpan?>(null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = ListenAsync(stoppingToken);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                using var tick = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                tick.CancelAfter(await TryNextAsync(stoppingToken));
                try
                {
                    await _due.Reader.ReadAsync(tick.Token);
                }
                catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
                {
                    // The interval is over.
                }
                await TryRoundAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<TimeSpan> TryNextAsync(CancellationToken ct)
    {
        try
        {
            var next = await NextAsync(ct);
            return next is { } early && early < _interval ? (early > Shortest ? early : Shortest) : _interval;
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // The round says what is the matter.
            return _interval;
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await foreach (var _ in feed.WakeAsync(c => c.Kind == kind, ct))
            _due.Writer.TryWrite(true);
    }
}
