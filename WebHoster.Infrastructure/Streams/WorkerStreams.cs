using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Streams;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Streams;

/// <summary>The portal's way to the worker's streams.</summary>
public sealed class WorkerStreams(StreamTickets tickets, IOptions<InstallSettings> install)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A stream of the owner's hosting. Its first frame may be its end, which says why.</summary>
    /// <param name="from">Where the owner is, for the audit log.</param>
    /// <exception cref="NotFoundException">There is no such hosting, or it is another person's.</exception>
    /// <exception cref="HostException">The worker does not answer.</exception>
    public async Task<FrameLine> OpenAsync(Guid ownerId, Guid hostingId, StreamPurpose purpose, IPAddress? from, CancellationToken ct)
    {
        var ticket = await tickets.IssueAsync(ownerId, hostingId, purpose, from, ct);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Patience);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(StreamSettings.SocketOf(install.Value)), limit.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes(ticket + "\n"), limit.Token);
            return new FrameLine(new NetworkStream(socket, ownsSocket: true));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new HostException("WebHoster cannot reach its machines just now. Try again in a moment.", e.Message, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
