using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Streams;

/// <summary>
/// The one connection to a machine's serial line, shown to any number of viewers. After each <see cref="Connected"/> comes the line's
/// whole back-scroll anew, up to <see cref="Live"/>: a viewer who clears the screen has everything once, and answers no question from the past.
/// </summary>
public sealed class ConsoleLine(Guid machineId, IGuestChannels guests, ILogger logger)
{
    public const string Connected = """{"state":"connected"}""";
    public const string Live = """{"state":"live"}""";
    public const string Waiting = """{"state":"waiting"}""";

    private const int BackScroll = 256 << 10;
    private const int QueueLength = 512;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly HashSet<Channel<Frame>> _viewers = [];
    private readonly SemaphoreSlim _typing = new(1);
    private readonly RecentBytes _past = new(BackScroll);
    private Stream? _guest;

    /// <summary>The line from its back-scroll on; ends where the viewer is too slow to follow.</summary>
    public ChannelReader<Frame> Enter()
    {
        var viewer = Channel.CreateBounded<Frame>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
        lock (_lock)
        {
            if (_guest is null)
                Offer(viewer, Control(Waiting));
            else
                Greet(viewer);
            _viewers.Add(viewer);
        }
        return viewer.Reader;
    }

    public void Leave(ChannelReader<Frame> reader)
    {
        lock (_lock)
            _viewers.RemoveWhere(v => v.Reader == reader);
    }

    /// <summary>What is typed while nobody is there to read it is lost, as on any serial line.</summary>
    public async Task TypeAsync(ReadOnlyMemory<byte> keys, CancellationToken ct)
    {
        if (_guest is not { } guest)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(WriteLimit);
        await _typing.WaitAsync(limit.Token);
        try
        {
            await guest.WriteAsync(keys, limit.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The machine stopped this moment; the reader says so.
        }
        finally
        {
            _typing.Release();
        }
    }

    /// <summary>Follows the line, through the machine's stops and starts, until <paramref name="ct"/> ends.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var guest = await guests.OpenConsoleAsync(machineId, ct);
                Begin(guest, await guests.ReadConsoleAsync(machineId, BackScroll, ct));
                await FollowAsync(guest, ct);
            }
            catch (Exception e) when (e is HostException or IOException && !ct.IsCancellationRequested)
            {
                logger.LogDebug("The console of {MachineId} is away: {Reason}", machineId, e.Message);
            }
            finally
            {
                Lose();
            }
            await Task.Delay(Pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(Stream guest, CancellationToken ct)
    {
        var buffer = new byte[16 << 10];
        while (await guest.ReadAsync(buffer, ct) is var length && length > 0)
        {
            var said = buffer.AsSpan(0, length).ToArray();
            lock (_lock)
            {
                _past.Add(said);
                foreach (var viewer in _viewers)
                    Show(viewer, said);
            }
        }
    }

    private void Begin(Stream guest, byte[] past)
    {
        lock (_lock)
        {
            _guest = guest;
            _past.Clear();
            _past.Add(past);
            foreach (var viewer in _viewers)
                Greet(viewer);
        }
    }

    private void Lose()
    {
        lock (_lock)
        {
            if (_guest is null)
                return;
            _guest = null;
            foreach (var viewer in _viewers)
                Offer(viewer, Control(Waiting));
        }
    }

    private void Greet(Channel<Frame> viewer)
    {
        Offer(viewer, Control(Connected));
        Show(viewer, _past.ToArray());
        Offer(viewer, Control(Live));
    }

    private static void Show(Channel<Frame> viewer, byte[] said)
    {
        for (var at = 0; at < said.Length; at += Frame.MaxPayload)
            Offer(viewer, new Frame(FrameKind.Data, said.AsMemory(at, Math.Min(Frame.MaxPayload, said.Length - at))));
    }

    // One who cannot follow comes back for the back-scroll; the others and the guest do not wait.
    private static void Offer(Channel<Frame> viewer, Frame frame)
    {
        if (!viewer.Writer.TryWrite(frame))
            viewer.Writer.TryComplete();
    }

    private static Frame Control(string text) => new(FrameKind.Control, System.Text.Encoding.UTF8.GetBytes(text));
}
