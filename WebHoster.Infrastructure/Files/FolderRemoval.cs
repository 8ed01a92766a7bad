using WebHoster.Core.Errors;
using WebHoster.Core.Files;
using WebHoster.Infrastructure.Sftp;

namespace WebHoster.Infrastructure.Files;

/// <summary>Removes a folder with everything in it, within bounds: a guest may show folders without end.</summary>
internal sealed class FolderRemoval(SftpClient sftp, int maxFiles, int maxDepth)
{
    private int _removed;

    public async Task<int> RemoveAsync(GuestFile file, CancellationToken ct)
    {
        await RemoveAsync(file, maxDepth, ct);
        return _removed;
    }

    private async Task RemoveAsync(GuestFile file, int depth, CancellationToken ct)
    {
        if (_removed >= maxFiles || depth == 0)
            throw new ConflictException($"“{file.Name}” holds too much to be deleted from here. Delete it on the console: rm -r.");
        if (file.Kind == FileKind.Folder)
        {
            // The names first: a folder that is listed while it shrinks may leave some out.
            var inside = new List<GuestFile>();
            await foreach (var entry in sftp.ListAsync(file.Path, ct))
            {
                inside.Add(GuestFile.Of(GuestPath.Join(file.Path, entry.Name), entry.Attributes));
                if (inside.Count > maxFiles)
                    break;
            }
            foreach (var one in inside)
                await RemoveAsync(one, depth - 1, ct);
            await sftp.RemoveFolderAsync(file.Path, ct);
        }
        else
        {
            await sftp.RemoveFileAsync(file.Path, ct);
        }
        _removed++;
    }
}
