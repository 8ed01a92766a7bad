using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Sftp;

namespace WebHoster.Infrastructure.Files;

/// <summary>A guest's file to read, several blocks ahead. As long as it was when it was opened; one that shrinks meanwhile is an error.</summary>
public sealed class GuestFileStream(SftpFile file, GuestFile about) : Stream
{
    private const int Ahead = 16;

    private readonly Queue<(int Length, Task<ReadOnlyMemory<byte>> Block)> _asked = new();
    private readonly CancellationTokenSource _end = new();
    private long _position;
    private long _askedTo;
    private ReadOnlyMemory<byte> _rest;
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => about.Size;

    public override long Position { get => _position; set => Seek(value, SeekOrigin.Begin); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= Length)
            return 0;
        if (_rest.IsEmpty)
            _rest = await NextAsync(cancellationToken);
        var length = Math.Min(buffer.Length, _rest.Length);
        _rest[..length].CopyTo(buffer);
        _rest = _rest[length..];
        _position += length;
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        _position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => Length + offset };
        _asked.Clear();
        (_rest, _askedTo) = (default, _position);
        return _position;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _end.CancelAsync();
        foreach (var (_, block) in _asked)
            await ((Task)block).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await file.DisposeAsync();
        _end.Dispose();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task<ReadOnlyMemory<byte>> NextAsync(CancellationToken ct)
    {
        for (; _asked.Count < Ahead && _askedTo < Length; _askedTo += _asked.Last().Length)
        {
            var length = (int)Math.Min(SftpClient.MaxBlock, Length - _askedTo);
            _asked.Enqueue((length, file.ReadAsync(_askedTo, length, _end.Token)));
        }
        var (wanted, block) = _asked.Dequeue();
        try
        {
            var read = await block.WaitAsync(ct);
            // A short block would leave a hole before the next one.
            for (var got = read; got.Length > 0 && read.Length < wanted;)
            {
                got = await file.ReadAsync(_position + read.Length, wanted - read.Length, ct);
                read = (byte[])[.. read.Span, .. got.Span];
            }
            return read.Length == wanted ? read : throw new IOException($"“{about.Name}” became shorter while it was read.");
        }
        catch (Exception e) when (e is SftpException or HostException)
        {
            throw new IOException(e.Message, e);
        }
    }
}
