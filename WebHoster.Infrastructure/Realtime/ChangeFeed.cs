using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace WebHoster.Infrastructure.Realtime;

/// <summary>
/// One LISTEN connection per process, fanned out to any number of readers. A reader that is too slow loses the oldest
/// changes, never the newest: every change only says "look again".
/// </summary>
public sealed class ChangeFeed(NpgsqlDataSource source, ILogger<ChangeFeed> logger) : BackgroundService
{
    public const string Channel = "webhoster";

    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly ConcurrentDictionary<Guid, Channel<Change>> _readers = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the first LISTEN stands: what is committed afterwards is seen.</summary>
    public Task Listening => _listening.Task;

    /// <summary>True while the LISTEN connection stands.</summary>
    public bool IsListening { get; private set; }

    /// <summary>Changes from now on, until <paramref name="ct"/> ends. Starts with a resync, so a reader needs no first load of its own.</summary>
    public async IAsyncEnumerable<Change> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var id = Guid.NewGuid();
        var channel = System.Threading.Channels.Channel.CreateBounded<Change>(
            new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _readers[id] = channel;
        try
        {
            yield return Change.Resync;
            await foreach (var change in channel.Reader.ReadAllAsync(ct))
                yield return change;
        }
        finally
        {
            _readers.TryRemove(id, out _);
        }
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
        foreach (var reader in _readers.Values)
            reader.Writer.TryWrite(change);
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
}
