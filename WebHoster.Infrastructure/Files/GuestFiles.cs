using WebHoster.Core.Errors;
using WebHoster.Core.Files;
using WebHoster.Infrastructure.Sftp;

namespace WebHoster.Infrastructure.Files;

/// <summary>
/// Files of one guest, as its customer's user, within the roots. A path counts as it is without links: one that leads out of the roots
/// is refused. That keeps people from losing their way, not from their own machine, where they are root anyway.
/// </summary>
public sealed class GuestFiles(SftpClient sftp, IReadOnlyList<string> roots, TimeProvider clock)
{
    /// <summary>Most names that a listing shows.</summary>
    public const int MaxListed = 5000;

    /// <summary>Most files and folders that one deletion removes.</summary>
    public const int MaxDeleted = 50_000;

    private const int MaxDepth = 100;

    public IReadOnlyList<string> Roots => roots;

    /// <exception cref="NotFoundException">There is no such folder.</exception>
    public async Task<FolderContent> ListAsync(string path, CancellationToken ct)
    {
        var folder = await ResolveAsync(path, ct);
        var (files, cut, old) = (new List<GuestFile>(), false, clock.GetUtcNow() - PartName.Lifetime);
        return await SftpWords.ExplainAsync(folder, async () =>
        {
            await foreach (var entry in sftp.ListAsync(folder, ct))
            {
                var file = GuestFile.Of(GuestPath.Join(folder, entry.Name), entry.Attributes);
                if (file.Kind == FileKind.File && PartName.Is(entry.Name))
                    await ForgetAsync(file, old, ct);
                else if (files.Count < MaxListed)
                    files.Add(file);
                else
                    cut = true;
            }
            return new FolderContent(folder, files, cut);
        });
    }

    /// <summary>Of what a link leads to.</summary>
    public async Task<GuestFile> StatAsync(string path, CancellationToken ct)
    {
        var real = await ResolveAsync(path, ct);
        return await SftpWords.ExplainAsync(real, async () => GuestFile.Of(real, await sftp.StatAsync(real, ct)));
    }

    /// <summary>The file's content from its beginning, as a stream that can be moved in.</summary>
    public async Task<GuestFileStream> OpenAsync(GuestFile file, CancellationToken ct)
    {
        if (file.Kind != FileKind.File)
            throw new ConflictException($"“{file.Name}” is not a file.");
        return await SftpWords.ExplainAsync(file.Path, async () => new GuestFileStream(await sftp.OpenReadAsync(file.Path, ct), file));
    }

    /// <summary>An upload into what a link leads to, or into a new file.</summary>
    public async Task<Upload> UploadAsync(string path, Guid id, CancellationToken ct)
    {
        var real = await ResolveAsync(path, ct);
        if (roots.Contains(real))
            throw new ConflictException($"“{real}” is a folder.");
        return new Upload(sftp, real, id);
    }

    public async Task<GuestFile> MakeFolderAsync(string path, CancellationToken ct)
    {
        var folder = await ResolveNameAsync(path, "path", ct);
        await RefuseTakenAsync(folder, ct);
        return await SftpWords.ExplainAsync(folder, async () =>
        {
            await sftp.MakeFolderAsync(folder, ct);
            return GuestFile.Of(folder, await sftp.LStatAsync(folder, ct));
        });
    }

    /// <exception cref="ConflictException">There is something under the new name.</exception>
    public async Task<GuestFile> RenameAsync(string from, string to, CancellationToken ct)
    {
        var (old, fresh) = (await ResolveNameAsync(from, "from", ct), await ResolveNameAsync(to, "to", ct));
        if (roots.Contains(old))
            throw new ConflictException($"“{old}” cannot be moved.");
        await RefuseTakenAsync(fresh, ct);
        return await SftpWords.ExplainAsync(old, async () =>
        {
            await sftp.RenameAsync(old, fresh, ct);
            return GuestFile.Of(fresh, await sftp.LStatAsync(fresh, ct));
        });
    }

    /// <summary>A link goes itself, never what it leads to.</summary>
    /// <param name="recursive">Also a folder with something in it.</param>
    /// <returns>How many files and folders are gone.</returns>
    public async Task<int> DeleteAsync(string path, bool recursive, CancellationToken ct)
    {
        var real = await ResolveNameAsync(path, "path", ct);
        if (roots.Contains(real))
            throw new ConflictException($"“{real}” cannot be deleted.");
        var file = await SftpWords.ExplainAsync(real, async () => GuestFile.Of(real, await sftp.LStatAsync(real, ct)));
        if (file.Kind == FileKind.Folder && !recursive && await SftpWords.ExplainAsync(real, () => HoldsAnythingAsync(real, ct)))
            throw new ConflictException($"“{file.Name}” is not empty.");
        return await SftpWords.ExplainAsync(real, () => new FolderRemoval(sftp, MaxDeleted, MaxDepth).RemoveAsync(file, ct));
    }

    private async Task<bool> HoldsAnythingAsync(string folder, CancellationToken ct)
    {
        await foreach (var _ in sftp.ListAsync(folder, ct))
            return true;
        return false;
    }

    private async Task ForgetAsync(GuestFile part, DateTimeOffset old, CancellationToken ct)
    {
        if (part.ModifiedAt < old)
            await sftp.RemoveFileAsync(part.Path, ct);
    }

    private Task RefuseTakenAsync(string path, CancellationToken ct) => SftpWords.ExplainAsync(path, async () =>
    {
        try
        {
            await sftp.LStatAsync(path, ct);
        }
        catch (SftpException e) when (e.Status == SftpStatus.NoSuchFile)
        {
            return;
        }
        throw new ConflictException($"There is already something named “{GuestPath.NameOf(path)}”.");
    });

    private async Task<string> ResolveAsync(string path, CancellationToken ct)
    {
        var clean = GuestPath.Clean(path);
        return Inside(await SftpWords.ExplainAsync(clean, () => sftp.RealPathAsync(clean, ct)));
    }

    /// <summary>The name itself, be it a link or not there yet; its folder without links.</summary>
    private async Task<string> ResolveNameAsync(string path, string field, CancellationToken ct)
    {
        var clean = GuestPath.Clean(path, field);
        if (roots.Contains(clean))
            return clean;
        var folder = GuestPath.FolderOf(clean);
        return GuestPath.Join(Inside(await SftpWords.ExplainAsync(folder, () => sftp.RealPathAsync(folder, ct))), GuestPath.NameOf(clean));
    }

    private string Inside(string real) => roots.Any(r => GuestPath.IsWithin(r, real)) ? real
        : throw new NotFoundException($"Files can be reached in {string.Join(" and ", roots)} only.");
}
