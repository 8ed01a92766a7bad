using System.Buffers.Binary;

namespace WebHoster.Tests.Fixtures;

/// <summary>Any number of bytes that are nowhere kept: each depends on where it stands, so that a hole or a repetition shows.</summary>
/// <param name="start">Where it begins.</param>
/// <param name="end">Where it ends.</param>
internal sealed class PatternStream(long start, long end) : Stream
{
    private const ulong Odd = 0x9E3779B97F4A7C15;

    private readonly long _start = start;
    private readonly long _end = end;
    private long _at = start;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _end - _start;

    public override long Position { get => _at - _start; set => throw new NotSupportedException(); }

    /// <summary>True where <paramref name="file"/> is the pattern from its first byte to <paramref name="length"/>, and no more.</summary>
    public static async Task<bool> IsInAsync(string file, long length)
    {
        await using var there = File.OpenRead(file);
        await using var pattern = new PatternStream(0, length);
        var (a, b) = (new byte[1 << 20], new byte[1 << 20]);
        for (int read; (read = await there.ReadAtLeastAsync(a, a.Length, throwOnEndOfStream: false)) > 0;)
        {
            if (await pattern.ReadAtLeastAsync(b, b.Length, throwOnEndOfStream: false) != read || !a.AsSpan(0, read).SequenceEqual(b.AsSpan(0, read)))
                return false;
        }
        return there.Length == length;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var span = buffer.AsSpan(offset, (int)Math.Min(count, _end - _at));
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        for (var done = 0; done < span.Length;)
        {
            var skip = (int)(_at % sizeof(ulong));
            BinaryPrimitives.WriteUInt64LittleEndian(word, (ulong)(_at / sizeof(ulong) + 1) * Odd);
            var part = word[skip..Math.Min(sizeof(ulong), skip + span.Length - done)];
            part.CopyTo(span[done..]);
            (done, _at) = (done + part.Length, _at + part.Length);
        }
        return span.Length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
