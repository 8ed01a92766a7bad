using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace WebHoster.Infrastructure.Realtime;

/// <summary>
/// One LISTEN connection per process, fanned out to any number of readers. A reader that is too slow loses the oldest
/// changes, never the newest, and is told so: every change only says "look again".
/// </summary>
public sealed class ChangeFeed(NpgsqlDataSource source, ILogger<ChangeFeed> logger) : BackgroundService
{
    public const string Channel = "webhoster";

    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly ConcurrentDictionary<Reader, byte> _readers = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the first LISTEN stands: what is committed afterwards is seen.</summary>
    public Task Listening => _listening.Task;

    /// <summary>True while the LISTEN connection stands.</summary>
    public bool IsListening { get; private set; }

    /// <summary>
    /// Changes from now on, until <paramref name="ct"/> ends. Starts with a resync, so a reader needs no first load of its own; another one
    /// says that the reader was too slow, and that changes are missing between the last and the next.
    /// </summary>
    /// <param name="wants">Those that are read; a resync always is.</param>
    public async IAsyncEnumerable<Change> ReadAsync(Func<Change, bool> wants, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new Reader(this, wants, 256);
        yield return Change.Resync;
        await foreach (var change in reader.Changes.ReadAllAsync(ct))
        {
            if (reader.HasLost())
                yield return Change.Resync;
            yield return change;
        }
    }

    /// <summary>For who looks at everything whatever has changed: once now, and at least once after each change; those that come meanwhile are one.</summary>
    public async IAsyncEnumerable<Change> WakeAsync(Func<Change, bool> wants, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new Reader(this, wants, 1);
        yield return Change.Resync;
        await foreach (var change in reader.Changes.ReadAllAsync(ct))
            yield return change;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Live updates have lost PostgreSQL ({Reason}); trying again", e.GetBaseException().Message);
                await Task.Delay(Reconnect, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                IsListening = false;
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        connection.Notification += (_, message) => Publish(Parse(message.Payload));
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(ct);
        IsListening = true;
        Publish(Change.Resync);
        _listening.TrySetResult();
        while (true)
        {
            // A dead peer is silent: ask now and then.
            if (await connection.WaitAsync(KeepAlive, ct))
                continue;
            await using var ping = new NpgsqlCommand("select 1", connection);
            await ping.ExecuteNonQueryAsync(ct);
        }
    }

    private void Publish(Change? change)
    {
        if (change is null)
            return;
        foreach (var reader in _readers.Keys)
            reader.Offer(change);
    }

    private Change? Parse(string payload)
    {
        try
        {
            return JsonSerializer.Deserialize<Change>(payload, Json);
        }
        catch (JsonException e)
        {
            logger.LogWarning(e, "A notification on {Channel} is not ours", Channel);
            return null;
        }
    }

    /// <summary>What waits for one reader.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly ChangeFeed _feed;
        private readonly Func<Change, bool> _wants;
        private readonly Channel<Change> _channel;
        private int _lost;

        public Reader(ChangeFeed feed, Func<Change, bool> wants, int room)
        {
            (_feed, _wants) = (feed, wants);
            _channel = System.Threading.Channels.Channel.CreateBounded<Change>(
                new BoundedChannelOptions(room) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
                _ => Volatile.Write(ref _lost, 1));
            _feed._readers[this] = 0;
        }

        public ChannelReader<Change> Changes => _channel.Reader;

        public void Offer(Change change)
        {
            // Here, so that nobody is woken by what concerns others.
            if (change == Change.Resync || _wants(change))
                _channel.Writer.TryWrite(change);
        }

        /// <summary>True once after changes were dropped.</summary>
        public bool HasLost() => Interlocked.Exchange(ref _lost, 0) == 1;

        public void Dispose() => _feed._readers.TryRemove(this, out _);
    }
}
