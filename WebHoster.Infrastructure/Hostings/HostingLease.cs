using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>The lease went to another worker, or the hosting is gone: whatever was about to be written is not.</summary>
public sealed class LeaseLostException() : Exception("The lease is lost.");

/// <summary>
/// A worker's right to change one hosting: a row with an expiry and an epoch. The database's clock decides, and every write
/// goes through <see cref="SaveAsync"/>, which first proves that the epoch is still this worker's. Here a proof counts from
/// before its round trip, so that it never outlasts the row's expiry.
/// </summary>
public sealed class HostingLease : IAsyncDisposable
{
    private readonly IDbContextFactory<WebHosterDb> _factory;
    private readonly Guid _hostingId;
    private readonly long _epoch;
    private readonly TimeSpan _length;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _renewal;
    private readonly ILogger _logger;
    private long _proof;

    private HostingLease(
        IDbContextFactory<WebHosterDb> factory, Guid hostingId, long epoch, long proof, TimeSpan length, TimeProvider clock, ILogger logger)
    {
        (_factory, _hostingId, _epoch, _length, _clock, _logger) = (factory, hostingId, epoch, length, clock, logger);
        _lost = new CancellationTokenSource(length, clock);
        Prove(proof);
        _renewal = RenewAsync();
    }

    /// <summary>Ends when the lease is lost, or has not been proven for its length.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Null where another worker holds the lease, or the hosting is gone.</summary>
    public static async Task<HostingLease?> TryTakeAsync(
        IDbContextFactory<WebHosterDb> factory, Guid hostingId, string holder, TimeSpan length, TimeProvider clock, ILogger logger,
        CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var asked = clock.GetTimestamp();
        var epochs = await db.Database.SqlQuery<long>(
            $"""
             update hostings set lease_epoch = lease_epoch + 1, lease_holder = {holder}, lease_expires_at = now() + {length}
             where id = {hostingId} and (lease_expires_at is null or lease_expires_at < now())
             returning lease_epoch
             """).ToListAsync(ct);
        return epochs is [var epoch] ? new HostingLease(factory, hostingId, epoch, asked, length, clock, logger) : null;
    }

    /// <summary>
    /// For right before an effect. The monotonic clock runs on while the process is stopped, and needs no timer to be looked at.
    /// </summary>
    /// <exception cref="LeaseLostException">The last proof is older than the lease's length.</exception>
    public void RequireProof()
    {
        if (_lost.IsCancellationRequested || _clock.GetElapsedTime(Volatile.Read(ref _proof)) >= _length)
            throw new LeaseLostException();
    }

    /// <summary>Commits the context's changes if, and only if, the lease still holds; renews it as well.</summary>
    /// <exception cref="LeaseLostException">It does not.</exception>
    /// <exception cref="DbUpdateConcurrencyException">A request changed the same rows: read them again.</exception>
    public async Task SaveAsync(WebHosterDb db, CancellationToken ct)
    {
        var asked = _clock.GetTimestamp();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await ExtendAsync(db, ct) == 0)
            throw new LeaseLostException();
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        Prove(asked);
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _renewal;
        try
        {
            await using var db = await _factory.CreateDbContextAsync();
            await db.Database.ExecuteSqlAsync(
                $"update hostings set lease_expires_at = null, lease_holder = null where id = {_hostingId} and lease_epoch = {_epoch}");
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            _logger.LogWarning("The lease of hosting {HostingId} was not given back ({Reason}); it ends by itself", _hostingId, e.Message);
        }
        _done.Dispose();
        _lost.Dispose();
    }

    private void Prove(long asked)
    {
        if (asked < Volatile.Read(ref _proof))
            return;
        Volatile.Write(ref _proof, asked);
        var left = _length - _clock.GetElapsedTime(asked);
        _lost.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_length / 3);
        try
        {
            while (await timer.WaitForNextTickAsync(_done.Token))
            {
                try
                {
                    await using var db = await _factory.CreateDbContextAsync(_done.Token);
                    var asked = _clock.GetTimestamp();
                    if (await ExtendAsync(db, _done.Token) == 0)
                    {
                        await _lost.CancelAsync();
                        return;
                    }
                    Prove(asked);
                }
                catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
                {
                    _logger.LogDebug(e, "The lease of hosting {HostingId} was not renewed; it is lost where that goes on", _hostingId);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Given back in DisposeAsync.
        }
    }

    private Task<int> ExtendAsync(WebHosterDb db, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"update hostings set lease_expires_at = now() + {_length} where id = {_hostingId} and lease_epoch = {_epoch}", ct);
}
