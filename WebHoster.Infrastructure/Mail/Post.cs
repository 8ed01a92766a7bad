using System.Threading.Channels;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Mail;

/// <summary>
/// Sends behind the requests, so that the time an answer takes tells nobody whether a letter goes out. What a restart loses can be asked
/// for again: a letter holds a secret, which is why none is kept in PostgreSQL.
/// </summary>
public sealed class Post(Mailer mailer, TimeProvider clock, ILogger<Post> logger) : BackgroundService
{
    /// <summary>Letters to one address that anybody may have asked for.</summary>
    public const int AskedAnHour = 6;

    private const int MaxWaiting = 1000;
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2)];

    private readonly PartitionedRateLimiter<string> _asked = PartitionedRateLimiter.Create<string, string>(to => RateLimitPartition.GetSlidingWindowLimiter(
        to, _ => new SlidingWindowRateLimiterOptions { PermitLimit = AskedAnHour, Window = TimeSpan.FromHours(1), SegmentsPerWindow = 6, QueueLimit = 0 }));

    private readonly Channel<Letter> _letters = Channel.CreateBounded<Letter>(MaxWaiting);

    /// <summary>
    /// A letter that whoever knows the address may have asked for: so many an hour to one, that nobody is flooded in the portal's name. The rest are
    /// not sent, and who asked is not told. Each web process counts for itself.
    /// </summary>
    public void SendAsked(Letter letter)
    {
        using var lease = _asked.AttemptAcquire(letter.To.ToUpperInvariant());
        if (lease.IsAcquired)
            Send(letter);
        else
            logger.LogWarning("A letter was not sent: this address had {Count} within the hour", AskedAnHour);
    }

    public void Send(Letter letter)
    {
        if (mailer.IsConfigured && !_letters.Writer.TryWrite(letter))
            logger.LogError("A letter was not sent: {Count} are waiting for the mail server", MaxWaiting);
    }

    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Parallel.ForEachAsync(
                _letters.Reader.ReadAllAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = stoppingToken }, DeliverAsync);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async ValueTask DeliverAsync(Letter letter, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await mailer.SendAsync(letter, ct);
                return;
            }
            catch (HostException e)
            {
                logger.LogWarning("Try {Try}: {Reason}", tries + 1, e.Message);
                if (tries == Pauses.Length)
                    return;
                await Task.Delay(Pauses[tries], clock, ct);
            }
        }
    }
}
