using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Where the work is done. Quartz rings; a ring for what already waits is the same ring.</summary>
public sealed class Engine(Reconciler reconciler, IOptions<EngineSettings> settings, ILogger<Engine> logger) : BackgroundService
{
    private readonly Channel<Guid> _rings = Channel.CreateUnbounded<Guid>();
    private readonly ConcurrentDictionary<Guid, bool> _waiting = new();
    private int _busy;

    /// <summary>On how many hostings this worker works just now.</summary>
    public int Busy => Volatile.Read(ref _busy);

    /// <summary>Somebody thinks that this hosting needs work. Wrong rings cost one look.</summary>
    public void Ring(Guid hostingId)
    {
        if (_waiting.TryAdd(hostingId, true))
            _rings.Writer.TryWrite(hostingId);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, settings.Value.Parallelism).Select(_ => Task.Run(() => WorkAsync(stoppingToken), stoppingToken)));

    private async Task WorkAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var hostingId in _rings.Reader.ReadAllAsync(ct))
            {
                _waiting.TryRemove(hostingId, out _);
                await ReconcileAsync(hostingId, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping; whoever starts next takes up the unfinished operations.
        }
    }

    private async Task ReconcileAsync(Guid hostingId, CancellationToken ct)
    {
        Interlocked.Increment(ref _busy);
        try
        {
            await reconciler.ReconcileAsync(hostingId, ct);
        }
        catch (LeaseLostException)
        {
            logger.LogWarning("Hosting {HostingId} went to another worker", hostingId);
        }
        catch (Exception e) when (e.IsDatabaseTrouble() && !ct.IsCancellationRequested)
        {
            logger.LogWarning("Hosting {HostingId} waits for PostgreSQL ({Reason})", hostingId, e.GetBaseException().Message);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            logger.LogError(e, "Hosting {HostingId} could not be worked on; the next scan tries again", hostingId);
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }
}
