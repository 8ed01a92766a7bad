using System.Threading.Channels;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Realtime;

namespace WebHoster.Web.Layout;

/// <summary>
/// Calls back whenever something has changed that concerns the reader, and once at the start. Changes that come while a call is
/// under way become one more call, so that a burst costs two loads, not a hundred.
/// </summary>
public sealed class LiveReload : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<bool> _dirty = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _work;

    /// <param name="reload">Loads and renders. PostgreSQL's failures are logged: its return is announced as a change.</param>
    /// <param name="pause">How long at least from one call to the next.</param>
    public LiveReload(ChangeFeed feed, Func<Change, bool> concerns, Func<Task> reload, ILogger logger, TimeSpan pause = default) =>
        _work = Task.WhenAll(WatchAsync(feed, concerns), ReloadAsync(reload, logger, pause));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WatchAsync(ChangeFeed feed, Func<Change, bool> concerns)
    {
        await foreach (var change in feed.ReadAsync(_end.Token).ConfigureAwait(false))
        {
            if (concerns(change))
                _dirty.Writer.TryWrite(true);
        }
    }

    private async Task ReloadAsync(Func<Task> reload, ILogger logger, TimeSpan pause)
    {
        await foreach (var _ in _dirty.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
        {
            try
            {
                await reload().ConfigureAwait(false);
            }
            catch (Exception e) when (e.IsDatabaseTrouble())
            {
                logger.LogWarning("A page could not load: {Reason}", e.GetBaseException().Message);
            }
            catch (ObjectDisposedException)
            {
                return; // the circuit ended meanwhile
            }
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, _end.Token).ConfigureAwait(false);
        }
    }
}
