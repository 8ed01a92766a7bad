using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;

namespace WebHoster.Infrastructure.Streams;

/// <summary>
/// Carries bytes between the portal and the SFTP server in a guest, and reads none of them: what a guest says is understood by the portal's
/// process, which may do nothing on the host, not by the worker's.
/// </summary>
public sealed class FilesSession(IGuestChannels guests, SlotPlan plan)
{
    private const int BufferSize = 64 << 10;

    /// <summary>Until one side goes or <paramref name="ct"/> ends.</summary>
    /// <exception cref="Core.Errors.HostException">The guest refused.</exception>
    public async Task RunAsync(FrameLine portal, Hosting hosting, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var guest = await guests.OpenFilesAsync(hosting.MachineId, plan.Address(hosting.SlotNumber), ct);
        var ways = new[] { GiveAsync(), TakeAsync() };
        try
        {
            await await Task.WhenAny(ways);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(ways).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        ct.ThrowIfCancellationRequested();

        async Task GiveAsync()
        {
            while (await portal.ReadAsync(end.Token) is { } frame)
            {
                if (frame.Kind != FrameKind.Data)
                    continue;
                await guest.WriteAsync(frame.Payload, end.Token);
                await guest.FlushAsync(end.Token);
            }
        }

        async Task TakeAsync()
        {
            var buffer = new byte[BufferSize];
            while (await guest.ReadAsync(buffer, end.Token) is var length && length > 0)
                await portal.WriteDataAsync(buffer.AsMemory(0, length), end.Token);
        }
    }
}
