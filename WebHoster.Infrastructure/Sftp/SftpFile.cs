using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Sftp;

/// <summary>An open file on an SFTP server. Blocks are at most <see cref="SftpClient.MaxBlock"/>.</summary>
public sealed class SftpFile(SftpSession session, byte[] handle) : IAsyncDisposable
{
    /// <summary>Empty at the file's end; may be shorter than asked for.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(long offset, int length, CancellationToken ct)
    {
        try
        {
            var answer = await session.AskAsync(SftpType.Read, w => w.Bytes(handle).Long(offset).Number((uint)length), ct);
            if (answer.Type != SftpType.Data)
                throw new HostException("The machine's SFTP server answers with something else.");
            var read = new SftpReader(answer.Body.Span).Bytes().Length;
            return read <= length ? answer.Body.Slice(4, read) : throw new HostException("The machine's SFTP server answers with something else.");
        }
        catch (SftpException e) when (e.Status == SftpStatus.Eof)
        {
            return default;
        }
    }

    public Task WriteAsync(long offset, ReadOnlyMemory<byte> block, CancellationToken ct) =>
        session.AskAsync(SftpType.Write, w => w.Bytes(handle).Long(offset).Bytes(block.Span), ct);

    /// <summary>To the disk, so that a machine that stops this moment still has it. An extension of OpenSSH's; without it nothing happens.</summary>
    public async Task SyncAsync(CancellationToken ct)
    {
        try
        {
            await session.AskAsync(SftpType.Extended, w => w.Text("fsync@openssh.com").Bytes(handle), ct);
        }
        catch (SftpException e) when (e.Status == SftpStatus.Unsupported)
        {
            // Another server.
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await session.AskAsync(SftpType.Close, w => w.Bytes(handle), CancellationToken.None);
        }
        catch (Exception e) when (e is SftpException or HostException)
        {
            // With the session all handles are gone.
        }
    }
}
