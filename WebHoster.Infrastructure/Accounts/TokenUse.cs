using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>Writes down, to the minute, when tokens were used: behind the requests, which do not wait for it.</summary>
public sealed class TokenUse(IDbContextFactory<WebHosterDb> factory, TimeProvider clock, ILogger<TokenUse> logger) : BackgroundService
{
    private const int MaxWaiting = 1000;
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    // What does not fit is lost: the token's next use tells the same.
    private readonly Channel<(Guid Id, DateTimeOffset At)> _uses = Channel.CreateBounded<(Guid, DateTimeOffset)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Note(CallerToken token)
    {
        var now = clock.GetUtcNow();
        if (!(token.LastUsedAt > now - Grain))
            _uses.Writer.TryWrite((token.Id, now));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (id, at) in _uses.Reader.ReadAllAsync(stoppingToken))
                await WriteAsync(id, at, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task WriteAsync(Guid id, DateTimeOffset at, CancellationToken ct)
    {
        try
        {
            await using var db = await factory.CreateDbContextAsync(ct);
            // Requests of the same moment have all seen the old time: the first one writes.
            await db.ApiTokens.Where(t => t.Id == id && (t.LastUsedAt == null || t.LastUsedAt <= at - Grain))
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, at), ct);
        }
        catch (Exception e) when (e.IsDatabaseTrouble())
        {
            logger.LogWarning("The use of token {TokenId} was not written down: {Reason}", id, e.GetBaseException().Message);
        }
    }
}
