namespace WebHoster.Infrastructure.Sftp;

/// <summary>What an SFTP server says of a file.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Mode">As of stat(2), with the file's type in it.</param>
public sealed record SftpAttributes(long Size, uint Mode, DateTimeOffset ModifiedAt)
{
    private const uint TypeMask = 0xF000;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    public bool IsFile => (Mode & TypeMask) == 0x8000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;
}

/// <summary>One name in a folder. A link is described itself, not what it leads to.</summary>
public sealed record SftpEntry(string Name, SftpAttributes Attributes);

/// <summary>Answers of an SFTP server, by their numbers on the wire.</summary>
public enum SftpStatus : uint { Ok = 0, Eof = 1, NoSuchFile = 2, PermissionDenied = 3, Failure = 4, BadMessage = 5, Unsupported = 8 }

/// <summary>The SFTP server refused one thing; the session goes on.</summary>
/// <param name="said">The server's own words.</param>
public sealed class SftpException(SftpStatus status, string said) : Exception($"{status}: {said}")
{
    public SftpStatus Status => status;
}
