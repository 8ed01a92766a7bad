using WebHoster.Infrastructure.Realtime;

namespace WebHoster.Web.Layout;

/// <summary>
/// Calls back whenever something that a page shows has changed, and once at the start. Changes that come while a call is
/// under way become one more call, so that a burst costs two loads, not a hundred. Each page has its own: a slow one keeps
/// nobody waiting but itself.
/// </summary>
public sealed class LiveReload : IAsyncDisposable
{
    private static readonly TimeSpan BeforeRetry = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Func<Task> _reload;
    private readonly Func<Task> _failed;
    private readonly TimeSpan _pause;
    private readonly ILogger _logger;
    private readonly Task _work;

    /// <param name="wants">Which changes the page shows.</param>
    /// <param name="reload">Loads and renders.</param>
    /// <param name="failed">Says that what is shown may be old. The load is tried again every second.</param>
    /// <param name="pause">How long at least from one load to the next.</param>
    public LiveReload(
        ChangeFeed feed, Func<Change, bool> wants, Func<Task> reload, Func<Task> failed, ILogger logger, TimeSpan pause = default)
    {
        (_reload, _failed, _logger, _pause) = (reload, failed, logger, pause);
        _work = WatchAsync(feed, wants);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WatchAsync(ChangeFeed feed, Func<Change, bool> wants)
    {
        await foreach (var _ in feed.WakeAsync(wants, _end.Token).ConfigureAwait(false))
        {
            while (!await TryAsync().ConfigureAwait(false))
                await Task.Delay(BeforeRetry, _end.Token).ConfigureAwait(false);
            if (_pause > TimeSpan.Zero)
                await Task.Delay(_pause, _end.Token).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAsync()
    {
        try
        {
            await _reload().ConfigureAwait(false);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return true; // the circuit ended meanwhile
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _logger.LogWarning("A page could not load: {Reason}", e.GetBaseException().Message);
            await _failed().ConfigureAwait(false);
            return false;
        }
    }
}
