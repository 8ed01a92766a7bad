using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Files;
using WebHoster.Core.Hostings;
using WebHoster.Core.Streams;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Sftp;
using WebHoster.Infrastructure.Streams;

namespace WebHoster.Infrastructure.Files;

/// <summary>
/// The portal's SFTP sessions, one per hosting and owner: to log in to a guest takes seconds under software emulation, so it is not done
/// for each request. The worker ends a session that nobody uses.
/// </summary>
public sealed class FileSessions(HostingQueries hostings, WorkerStreams streams, IOptions<GuestSettings> guest, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(Guid Owner, Guid Hosting), Kept> _kept = new();

    /// <summary>How long a guest may take to let the portal in.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>The hosting's files. Who owns it is asked each time.</summary>
    /// <param name="from">Where the owner is, for the audit log.</param>
    /// <exception cref="NotFoundException">There is no such hosting, or it is another person's.</exception>
    /// <exception cref="ConflictException">The hosting does not run.</exception>
    /// <exception cref="HostException">Its machine does not answer.</exception>
    public async Task<GuestFiles> OpenAsync(Guid ownerId, Guid hostingId, IPAddress? from, CancellationToken ct)
    {
        var hosting = await hostings.FindAsync(ownerId, hostingId, ct) ?? throw new NotFoundException("There is no such hosting.");
        if (hosting.Status != HostingStatus.Running)
            throw new ConflictException("The hosting does not run. Start it to reach its files.");
        var kept = _kept.GetOrAdd((ownerId, hostingId), _ => new Kept());
        // Who comes while somebody opens the session shares it, and waits for no longer than they would themselves.
        await kept.Opening.WaitAsync(ct);
        try
        {
            if (kept.Client is not { IsOpen: true })
            {
                if (kept.Client is { } broken)
                    await broken.DisposeAsync();
                kept.Client = null;
                kept.Client = new SftpClient(await ConnectAsync(ownerId, hostingId, from, ct));
            }
            return new GuestFiles(kept.Client, GuestPath.Roots(guest.Value.User), clock);
        }
        finally
        {
            kept.Opening.Release();
        }
    }

    private async Task<SftpSession> ConnectAsync(Guid ownerId, Guid hostingId, IPAddress? from, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return await SftpSession.OpenAsync(new FrameStream(await streams.OpenAsync(ownerId, hostingId, StreamPurpose.Files, from, limit.Token)), limit.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new HostException("The machine does not answer over SFTP. Look at its console, or restart it.", $"No session within {Patience}.", e);
        }
    }

    private sealed class Kept
    {
        public SemaphoreSlim Opening { get; } = new(1);

        public SftpClient? Client { get; set; }
    }
}
