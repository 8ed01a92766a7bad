namespace WebHoster.Infrastructure.Streams;

/// <summary>The last bytes of something endless. Twice the room is kept, so that old bytes are moved out seldom.</summary>
internal sealed class RecentBytes(int capacity)
{
    private readonly byte[] _bytes = new byte[2 * capacity];
    private int _length;

    public void Clear() => _length = 0;

    public void Add(ReadOnlySpan<byte> more)
    {
        more = more[Math.Max(0, more.Length - capacity)..];
        if (_length + more.Length > _bytes.Length)
        {
            var kept = capacity - more.Length;
            _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
            _length = kept;
        }
        more.CopyTo(_bytes.AsSpan(_length));
        _length += more.Length;
    }

    public byte[] ToArray() => _bytes.AsSpan(Math.Max(0, _length - capacity), Math.Min(_length, capacity)).ToArray();
}
