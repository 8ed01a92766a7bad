using System.Buffers.Binary;
using System.Text;

namespace WebHoster.Infrastructure.Sftp;

/// <summary>Packet types of SFTP version 3 (draft-ietf-secsh-filexfer-02), the ones that OpenSSH's server knows.</summary>
internal enum SftpType : byte
{
    Init = 1, Version = 2, Open = 3, Close = 4, Read = 5, Write = 6, LStat = 7, SetStat = 9, OpenDir = 11, ReadDir = 12, Remove = 13,
    MakeDir = 14, RemoveDir = 15, RealPath = 16, Stat = 17, Rename = 18, Status = 101, Handle = 102, Data = 103, Name = 104, Attributes = 105,
    Extended = 200,
}

/// <summary>Puts a packet together: numbers are big-endian, texts and handles are a length and bytes.</summary>
internal sealed class SftpWriter
{
    private readonly MemoryStream _bytes = new();

    /// <summary>Leaves room for the packet's length.</summary>
    public SftpWriter(SftpType type, uint id)
    {
        _bytes.Write(stackalloc byte[4]);
        _bytes.WriteByte((byte)type);
        Number(id);
    }

    public SftpWriter Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public SftpWriter Long(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public SftpWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        Number((uint)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    public SftpWriter Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>With its length in front.</summary>
    public ReadOnlyMemory<byte> ToPacket()
    {
        var packet = _bytes.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)(packet.Length - 4));
        return packet;
    }
}

/// <summary>Takes a packet apart. The server is a stranger: a packet that ends too early is an error, never a read past its end.</summary>
internal ref struct SftpReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public uint Number() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public ReadOnlySpan<byte> Bytes() => Number() is var length && length <= _rest.Length
        ? Take((int)length) : throw new InvalidDataException("The SFTP server's packet is broken.");

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public SftpAttributes Attributes()
    {
        const uint HasSize = 1, HasOwner = 2, HasMode = 4, HasTimes = 8, HasMore = 0x80000000;
        var flags = Number();
        var size = (flags & HasSize) != 0 ? Long() : 0;
        if ((flags & HasOwner) != 0)
            Take(8);
        var mode = (flags & HasMode) != 0 ? Number() : 0;
        var modified = 0u;
        if ((flags & HasTimes) != 0)
        {
            Take(4);
            modified = Number();
        }
        for (var more = (flags & HasMore) != 0 ? Number() : 0; more > 0; more--)
        {
            Bytes();
            Bytes();
        }
        return new SftpAttributes(Math.Max(0, size), mode, DateTimeOffset.FromUnixTimeSeconds(modified));
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
            throw new InvalidDataException("The SFTP server's packet is broken.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
