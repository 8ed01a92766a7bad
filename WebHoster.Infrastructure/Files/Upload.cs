using WebHoster.Core.Errors;
using WebHoster.Core.Files;
using WebHoster.Infrastructure.Sftp;

namespace WebHoster.Infrastructure.Files;

/// <summary>A file that comes in parts. Until it is whole it has another name, so nobody ever sees half of it.</summary>
public sealed class Upload(SftpClient sftp, string target, Guid id)
{
    private const int Ahead = 16;
    private const uint PermissionBits = 0x1FF; // 0777: who may write a file must not be able to make it set-user-id

    private string Part => PartName.Of(target, id);

    /// <summary>Where the file will be, without links.</summary>
    public string Target => target;

    /// <summary>How many bytes have come so far.</summary>
    public Task<long> ReceivedAsync(CancellationToken ct) => SftpWords.ExplainAsync(target, async () =>
    {
        try
        {
            return (await sftp.LStatAsync(Part, ct)).Size;
        }
        catch (SftpException e) when (e.Status == SftpStatus.NoSuchFile)
        {
            return 0;
        }
    });

    /// <summary>Adds a piece. What has come of one that is cut off stays, and <see cref="ReceivedAsync"/> tells how much.</summary>
    /// <param name="offset">Where in the file it belongs: not past what has been received.</param>
    /// <returns>The offset behind it.</returns>
    /// <exception cref="ConflictException">Something in front of it is missing.</exception>
    public Task<long> AddAsync(Stream piece, long offset, CancellationToken ct) => SftpWords.ExplainAsync(target, async () =>
    {
        if (offset == 0)
            await AbandonAsync(ct); // an earlier try, which may have been longer
        else if (await ReceivedAsync(ct) is var received && offset > received)
            throw new ConflictException($"Only {received} bytes have arrived. Go on from there.");
        await using var file = await sftp.OpenWriteAsync(Part, ct);
        var under = new Queue<Task>();
        try
        {
            for (var block = new byte[SftpClient.MaxBlock]; await piece.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, ct) is var length && length > 0;
                block = new byte[SftpClient.MaxBlock])
            {
                if (under.Count == Ahead)
                    await under.Dequeue();
                // Not to be cancelled: one that is left out before one that is sent would be a hole.
                under.Enqueue(file.WriteAsync(offset, block.AsMemory(0, length), CancellationToken.None));
                offset += length;
            }
            while (under.TryDequeue(out var last))
                await last;
            return offset;
        }
        catch (SftpException)
        {
            // What lies behind the refused block may have a hole before it: nobody must go on from there.
            foreach (var rest in under)
                await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await AbandonAsync(CancellationToken.None);
            throw;
        }
        finally
        {
            // None may be written after whoever asks has been told how much there is.
            foreach (var rest in under)
                await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });

    /// <summary>Puts the file in its place, in one step, with the permissions of the one that was there.</summary>
    /// <param name="size">How large it has to be.</param>
    /// <param name="expected">The tag of the file that is replaced; <c>*</c> for any or none, null for none.</param>
    /// <exception cref="ConflictException">Not everything has arrived.</exception>
    /// <exception cref="PreconditionException">Another file is there than was expected.</exception>
    public Task<GuestFile> FinishAsync(long size, string? expected, CancellationToken ct) => SftpWords.ExplainAsync(target, async () =>
    {
        await using (var file = await sftp.OpenWriteAsync(Part, ct))
            await file.SyncAsync(ct);
        if (await ReceivedAsync(ct) is var received && received != size)
            throw new ConflictException($"{received} bytes have arrived instead of {size}.");
        var there = await FindAsync(ct);
        Refuse(there, expected);
        if (there is not null)
            await sftp.SetModeAsync(Part, there.Mode & PermissionBits, ct);
        await sftp.ReplaceAsync(Part, target, ct);
        return GuestFile.Of(target, await sftp.LStatAsync(target, ct));
    });

    /// <summary>Whether the file may be put in its place, asked before anything is sent.</summary>
    /// <exception cref="PreconditionException">Another file is there than was expected.</exception>
    public Task CheckAsync(string? expected, CancellationToken ct) =>
        SftpWords.ExplainAsync(target, async () => Refuse(await FindAsync(ct), expected));

    /// <summary>Removes what has come so far.</summary>
    public Task AbandonAsync(CancellationToken ct) => SftpWords.ExplainAsync(target, async () =>
    {
        try
        {
            await sftp.RemoveFileAsync(Part, ct);
        }
        catch (SftpException e) when (e.Status == SftpStatus.NoSuchFile)
        {
            // Nothing has.
        }
    });

    private void Refuse(SftpAttributes? there, string? expected)
    {
        var name = GuestPath.NameOf(target);
        if (there is { IsFolder: true })
            throw new ConflictException($"“{name}” is a folder.");
        if (expected is null && there is not null)
            throw new PreconditionException($"There is already something named “{name}”.");
        if (expected is not (null or "*") && (there is null || GuestFile.TagOf(there) != expected))
            throw new PreconditionException($"“{name}” was changed by somebody else meanwhile.");
    }

    private async Task<SftpAttributes?> FindAsync(CancellationToken ct)
    {
        try
        {
            return await sftp.LStatAsync(target, ct);
        }
        catch (SftpException e) when (e.Status == SftpStatus.NoSuchFile)
        {
            return null;
        }
    }
}
