using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Streams;

/// <summary>One viewer of a console: what the line says goes out, what is typed goes in, and the window's size is passed on.</summary>
public sealed class ConsoleSession(ConsoleLines lines, IGuestChannels guests, ILogger<ConsoleSession> logger)
{
    private const int MaxSide = 1000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Until the viewer goes, cannot follow, or <paramref name="ct"/> ends.</summary>
    public async Task RunAsync(FrameLine viewer, Guid machineId, bool mayType, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var line = lines.Rent(machineId);
        var frames = line.Enter();
        var sizes = Channel.CreateBounded<WindowSize>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        try
        {
            var ways = new[] { ShowAsync(), HearAsync(), ResizeAsync() };
            await await Task.WhenAny(ways);
            await end.CancelAsync();
            await Task.WhenAll(ways).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            line.Leave(frames);
            lines.Return(machineId);
        }
        ct.ThrowIfCancellationRequested();

        async Task ShowAsync()
        {
            await foreach (var frame in frames.ReadAllAsync(end.Token))
                await viewer.WriteAsync(frame, end.Token);
        }

        async Task HearAsync()
        {
            while (await viewer.ReadAsync(end.Token) is { } frame)
            {
                if (!mayType)
                    continue;
                if (frame.Kind == FrameKind.Data)
                    await TypeAsync(frame.Payload);
                else if (frame.Kind == FrameKind.Control && SizeOf(frame) is { } size)
                    sizes.Writer.TryWrite(size);
            }
        }

        async Task TypeAsync(ReadOnlyMemory<byte> keys)
        {
            try
            {
                await line.TypeAsync(keys, end.Token);
            }
            catch (OperationCanceledException) when (!end.IsCancellationRequested)
            {
                logger.LogDebug("The console of {MachineId} takes no keys", machineId);
            }
        }

        // Beside the keys: the guest's agent takes its time, or does not answer at all.
        async Task ResizeAsync()
        {
            await foreach (var size in sizes.Reader.ReadAllAsync(end.Token))
            {
                try
                {
                    await guests.ResizeConsoleAsync(machineId, size.Columns, size.Rows, end.Token);
                }
                catch (HostException e)
                {
                    logger.LogDebug("The console of {MachineId} keeps its size: {Reason}", machineId, e.Message);
                }
            }
        }
    }

    private static WindowSize? SizeOf(Frame frame)
    {
        try
        {
            var size = JsonSerializer.Deserialize<WindowSize>(frame.Payload.Span, Json);
            return size is { Columns: > 0 and <= MaxSide, Rows: > 0 and <= MaxSide } ? size : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record WindowSize(int Columns, int Rows);
}
