using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Streams;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Streams;

/// <summary>
/// The worker's UNIX socket for what cannot go through PostgreSQL. A caller shows a ticket (<see cref="TicketText"/>, in one line) and from
/// then on speaks in frames; who shows none, or one that does not count, is told so in one frame and hung up on.
/// </summary>
public sealed class StreamSocket(
    IOptions<InstallSettings> install, IOptions<StreamSettings> settings, StreamTickets tickets, OpenStreams streams,
    ConsoleSession consoles, FilesSession files, ILogger<StreamSocket> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdleLook = TimeSpan.FromSeconds(1);

    // Beyond this many callers without a valid ticket somebody is up to something: the others wait in the kernel's queue.
    private readonly SemaphoreSlim _strangers = new(32);

    private string Path => StreamSettings.SocketOf(install.Value);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var socket = Listen();
        try
        {
            while (true)
            {
                await _strangers.WaitAsync(stoppingToken);
                var caller = await socket.AcceptAsync(stoppingToken);
                _ = Task.Run(() => ServeAsync(caller, stoppingToken), CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            File.Delete(Path);
        }
    }

    /// <summary>Its folder's set-group-id bit gives the socket the portal's group, who alone may connect.</summary>
    private Socket Listen()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.Delete(Path); // a killed worker's
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        socket.Listen();
        return socket;
    }

    private async Task ServeAsync(Socket caller, CancellationToken stopping)
    {
        await using var stream = new NetworkStream(caller, ownsSocket: true);
        await using var line = new FrameLine(stream);
        try
        {
            (StreamPurpose Purpose, Hosting Hosting)? granted;
            try
            {
                granted = await AdmitAsync(stream, stopping);
            }
            finally
            {
                _strangers.Release();
            }
            if (granted is not var (purpose, hosting))
                await RefuseAsync(line, StreamReasons.Refused, stopping);
            else if (streams.TryEnter(hosting.Id, purpose, stopping) is { } open)
                await RunAsync(line, open, hosting, stopping);
            else
                await RefuseAsync(line, StreamReasons.TooMany, stopping);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException or OperationCanceledException)
        {
            logger.LogDebug("A caller of the stream socket is gone: {Reason}", e.Message);
        }
        catch (Exception e) when (e.IsDatabaseTrouble())
        {
            logger.LogWarning("A ticket could not be looked up: {Reason}", e.GetBaseException().Message);
        }
        catch (Exception e)
        {
            logger.LogError(e, "A stream broke");
        }
    }

    /// <summary>Reads the one line that a stranger may say.</summary>
    private async Task<(StreamPurpose, Hosting)?> AdmitAsync(Stream stream, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Patience);
        var text = new byte[TicketText.Length + 1];
        await stream.ReadExactlyAsync(text, limit.Token);
        return text[^1] == '\n' ? await tickets.RedeemAsync(Encoding.Latin1.GetString(text, 0, TicketText.Length), limit.Token) : null;
    }

    private async Task RefuseAsync(FrameLine line, string reason, CancellationToken ct)
    {
        logger.LogWarning("A stream was refused: {Reason}", reason);
        await line.WriteAsync(FrameKind.End, reason, ct);
    }

    private async Task RunAsync(FrameLine line, OpenStream open, Hosting hosting, CancellationToken stopping)
    {
        logger.LogInformation("{Purpose} of {Slug} was opened", open.Purpose, hosting.Slug);
        var watch = EndIdleAsync(line, open);
        try
        {
            if (open.Purpose == StreamPurpose.Files)
                await files.RunAsync(line, hosting, open.Ended);
            else
                await consoles.RunAsync(line, hosting.MachineId, mayType: open.Purpose == StreamPurpose.Console, open.Ended);
        }
        catch (OperationCanceledException) when (open.Ended.IsCancellationRequested)
        {
            await line.WriteAsync(FrameKind.End, open.Reason ?? StreamReasons.Restarting, stopping.IsCancellationRequested ? CancellationToken.None : stopping);
        }
        catch (HostException e)
        {
            logger.LogWarning("{Purpose} of {Slug} ended: {Reason} {Detail}", open.Purpose, hosting.Slug, e.Message, e.Detail);
            await line.WriteAsync(FrameKind.End, e.Message, stopping);
        }
        finally
        {
            open.End("");
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            streams.Leave(open);
            logger.LogInformation("{Purpose} of {Slug} was closed", open.Purpose, hosting.Slug);
        }
    }

    private async Task EndIdleAsync(FrameLine line, OpenStream open)
    {
        var idle = settings.Value.Idle(open.Purpose);
        while (line.Silence < idle)
            await Task.Delay(IdleLook, open.Ended);
        open.End(StreamReasons.Idle);
    }
}
