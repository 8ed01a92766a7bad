using System.Buffers.Binary;
using System.Collections.Concurrent;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Sftp;

/// <summary>Requests and answers over one stream to an SFTP server: any number may be under way, and each has an end.</summary>
public sealed class SftpSession : IAsyncDisposable
{
    private const int Version = 3;
    private const int MaxPacket = 256 << 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    private readonly Stream _stream;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<byte[]>> _asked = new();
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;
    private Exception? _broken;
    private uint _lastId;

    private SftpSession(Stream stream) => _stream = stream;

    /// <summary>False once the stream has ended: a new session is needed.</summary>
    public bool IsOpen => _broken is null;

    /// <summary>Greets the server; takes over the stream.</summary>
    /// <exception cref="HostException">There is no SFTP server of version 3 at its other end.</exception>
    public static async Task<SftpSession> OpenAsync(Stream stream, CancellationToken ct)
    {
        var session = new SftpSession(stream);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Limit);
            // The one packet whose number is the version instead of an id.
            await stream.WriteAsync(new SftpWriter(SftpType.Init, Version).ToPacket(), limit.Token);
            await stream.FlushAsync(limit.Token);
            var hello = await session.ReadPacketAsync(limit.Token);
            if ((SftpType)hello[0] != SftpType.Version || BinaryPrimitives.ReadUInt32BigEndian(hello.AsSpan(1)) != Version)
                throw new InvalidDataException("Not SFTP version 3.");
        }
        catch (Exception e) when (IsBreak(e) && !ct.IsCancellationRequested)
        {
            await session.DisposeAsync();
            throw Explain(e);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
        session._reading = Task.Run(session.ReadAsync);
        return session;
    }

    /// <summary>The answer's packet from its type on, the id taken out.</summary>
    /// <exception cref="SftpException">The server refused.</exception>
    /// <exception cref="HostException">The session is broken, or the server does not answer.</exception>
    internal async Task<Answer> AskAsync(SftpType type, Action<SftpWriter> fill, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _lastId);
        var writer = new SftpWriter(type, id);
        fill(writer);
        var answer = _asked[id] = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_broken is { } broken)
            throw Explain(broken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, _end.Token);
        limit.CancelAfter(Limit);
        try
        {
            await WriteAsync(writer.ToPacket(), limit.Token);
            return Read(await answer.Task.WaitAsync(limit.Token));
        }
        catch (Exception e) when (IsBreak(e) && !ct.IsCancellationRequested)
        {
            Break(e);
            throw Explain(_broken ?? e);
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Break(new EndOfStreamException());
        await _end.CancelAsync();
        await _stream.DisposeAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Answer Read(byte[] packet)
    {
        var answer = new Answer((SftpType)packet[0], packet.AsMemory(5));
        if (answer.Type != SftpType.Status)
            return answer;
        var reader = new SftpReader(answer.Body.Span);
        var status = (SftpStatus)reader.Number();
        return status == SftpStatus.Ok ? answer : throw new SftpException(status, reader.Text());
    }

    // Half a packet would break the session: once begun it is written to its end.
    private async Task WriteAsync(ReadOnlyMemory<byte> packet, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            await _stream.WriteAsync(packet, _end.Token).AsTask().WaitAsync(Limit, CancellationToken.None);
            await _stream.FlushAsync(_end.Token);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var packet = await ReadPacketAsync(_end.Token);
                // An answer that nobody waits for any more is let go.
                if (_asked.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(1)), out var asked))
                    asked.TrySetResult(packet);
            }
        }
        catch (Exception e)
        {
            Break(e);
        }
    }

    private async Task<byte[]> ReadPacketAsync(CancellationToken ct)
    {
        var header = new byte[4];
        await _stream.ReadExactlyAsync(header, ct);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length is < 5 or > MaxPacket)
            throw new InvalidDataException("The SFTP server's packet is broken.");
        var packet = new byte[length];
        await _stream.ReadExactlyAsync(packet, ct);
        return packet;
    }

    private void Break(Exception why)
    {
        Interlocked.CompareExchange(ref _broken, why, null);
        foreach (var asked in _asked.Values)
            asked.TrySetException(_broken);
    }

    private static bool IsBreak(Exception e) =>
        e is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException or HostException or TimeoutException;

    private static HostException Explain(Exception e) =>
        e as HostException ?? new HostException("The machine's files cannot be reached just now. Try again in a moment.", e.Message, e);

    internal readonly record struct Answer(SftpType Type, ReadOnlyMemory<byte> Body);
}
