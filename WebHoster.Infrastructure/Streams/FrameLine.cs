using System.Text;

namespace WebHoster.Infrastructure.Streams;

/// <summary>A connection that speaks in frames. One may read while several write.</summary>
public sealed class FrameLine(Stream stream) : IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1);
    private long _lastUse = Environment.TickCount64;

    /// <summary>How long nothing has gone either way.</summary>
    public TimeSpan Silence => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _lastUse));

    /// <summary>Null where the other side has gone.</summary>
    public async ValueTask<Frame?> ReadAsync(CancellationToken ct)
    {
        var frame = await Frame.ReadAsync(stream, ct);
        Touch();
        return frame;
    }

    public async Task WriteAsync(Frame frame, CancellationToken ct)
    {
        var bytes = frame.ToBytes();
        await _writing.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(bytes, ct);
        }
        finally
        {
            _writing.Release();
        }
        Touch();
    }

    /// <summary>In as many frames as it takes.</summary>
    public async Task WriteDataAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        for (; data.Length > 0; data = data[Math.Min(data.Length, Frame.MaxPayload)..])
            await WriteAsync(new Frame(FrameKind.Data, data[..Math.Min(data.Length, Frame.MaxPayload)]), ct);
    }

    public Task WriteAsync(FrameKind kind, string text, CancellationToken ct) => WriteAsync(new Frame(kind, Encoding.UTF8.GetBytes(text)), ct);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private void Touch() => Interlocked.Exchange(ref _lastUse, Environment.TickCount64);
}
