using System.Text;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Streams;

/// <summary>The data of a line as a stream of bytes. Reading throws a <see cref="HostException"/> where the worker says why it ends.</summary>
public sealed class FrameStream(FrameLine line) : Stream
{
    private ReadOnlyMemory<byte> _rest;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            var frame = await line.ReadAsync(cancellationToken);
            if (frame is null)
                return 0;
            if (frame.Kind == FrameKind.End)
                throw new HostException(Encoding.UTF8.GetString(frame.Payload.Span));
            if (frame.Kind == FrameKind.Data)
                _rest = frame.Payload;
        }
        var length = Math.Min(buffer.Length, _rest.Length);
        _rest[..length].CopyTo(buffer);
        _rest = _rest[length..];
        return length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await line.WriteDataAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => line.DisposeAsync();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
