using System.Buffers.Binary;

namespace WebHoster.Infrastructure.Streams;

/// <summary>What a frame carries: the stream's own bytes, JSON about it, or a sentence that says why it ends.</summary>
public enum FrameKind : byte { Data = 1, Control = 2, End = 3 }

/// <summary>One message on the stream socket: a byte of kind, four of length (big-endian), and the payload.</summary>
public sealed record Frame(FrameKind Kind, ReadOnlyMemory<byte> Payload)
{
    public const int MaxPayload = 64 << 10;

    private const int Header = 5;

    /// <summary>Null where the stream has ended between two frames.</summary>
    /// <exception cref="InvalidDataException">That is no frame.</exception>
    /// <exception cref="EndOfStreamException">The stream ended within one.</exception>
    public static async ValueTask<Frame?> ReadAsync(Stream stream, CancellationToken ct)
    {
        var header = new byte[Header];
        var first = await stream.ReadAsync(header.AsMemory(0, 1), ct);
        if (first == 0)
            return null;
        await stream.ReadExactlyAsync(header.AsMemory(1), ct);
        var (kind, length) = ((FrameKind)header[0], BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1)));
        if (!Enum.IsDefined(kind) || length > MaxPayload)
            throw new InvalidDataException("That is no frame.");
        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, ct);
        return new Frame(kind, payload);
    }

    /// <summary>As one write, so that whoever writes next to it does so before or after.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Header + Payload.Length];
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), (uint)Payload.Length);
        Payload.CopyTo(bytes.AsMemory(Header));
        return bytes;
    }
}
