using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>The lease went to another worker, or the hosting is gone: whatever was about to be written is not.</summary>
public sealed class LeaseLostException() : Exception("The lease is lost.");

/// <summary>
/// A worker's right to change one hosting: a row with an expiry and an epoch. The database's clock decides, and every write
/// goes through <see cref="SaveAsync"/>, which first proves that the epoch is still this worker's.
/// </summary>
public sealed class HostingLease : IAsyncDisposable
{
    private readonly IDbContextFactory<WebHosterDb> _factory;
    private readonly Guid _hostingId;
    private readonly long _epoch;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _done = new();
    private readonly Task _renewal;
    private readonly ILogger _logger;

    private HostingLease(IDbContextFactory<WebHosterDb> factory, Guid hostingId, long epoch, TimeSpan length, ILogger logger)
    {
        (_factory, _hostingId, _epoch, _length, _logger) = (factory, hostingId, epoch, length, logger);
        _renewal = RenewAsync();
    }

    /// <summary>Ends when the lease is lost.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Null where another worker holds the lease, or the hosting is gone.</summary>
    public static async Task<HostingLease?> TryTakeAsync(
        IDbContextFactory<WebHosterDb> factory, Guid hostingId, string holder, TimeSpan length, ILogger logger, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var epochs = await db.Database.SqlQuery<long>(
            $"""
             update hostings set lease_epoch = lease_epoch + 1, lease_holder = {holder}, lease_expires_at = now() + {length}
             where id = {hostingId} and (lease_expires_at is null or lease_expires_at < now())
             returning lease_epoch
             """).ToListAsync(ct);
        return epochs is [var epoch] ? new HostingLease(factory, hostingId, epoch, length, logger) : null;
    }

    /// <summary>Commits the context's changes if, and only if, the lease still holds; renews it as well.</summary>
    /// <exception cref="LeaseLostException">It does not.</exception>
    /// <exception cref="DbUpdateConcurrencyException">A request changed the same rows: read them again.</exception>
    public async Task SaveAsync(WebHosterDb db, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await ExtendAsync(db, ct) == 0)
            throw new LeaseLostException();
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
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

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_length / 3);
        var lastProof = TimeProvider.System.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_done.Token))
            {
                try
                {
                    await using var db = await _factory.CreateDbContextAsync(_done.Token);
                    if (await ExtendAsync(db, _done.Token) == 0)
                    {
                        await _lost.CancelAsync();
                        return;
                    }
                    lastProof = TimeProvider.System.GetTimestamp();
                }
                catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
                {
                    if (TimeProvider.System.GetElapsedTime(lastProof) < _length)
                        continue;
                    await _lost.CancelAsync();
                    return;
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
