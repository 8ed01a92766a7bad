using WebHoster.Core.Files;
using WebHoster.Infrastructure.Sftp;

namespace WebHoster.Infrastructure.Files;

public enum FileKind { File, Folder, Link, Other }

/// <summary>A file or folder in a guest.</summary>
/// <param name="Size">Bytes; of a folder it says nothing.</param>
/// <param name="Tag">Differs as soon as the content does, but for changes within one second that keep the size.</param>
public sealed record GuestFile(string Path, FileKind Kind, long Size, DateTimeOffset ModifiedAt, string Tag)
{
    public string Name => GuestPath.NameOf(Path);

    public static GuestFile Of(string path, SftpAttributes attributes) => new(
        path, attributes.IsFolder ? FileKind.Folder : attributes.IsFile ? FileKind.File : attributes.IsLink ? FileKind.Link : FileKind.Other,
        attributes.Size, attributes.ModifiedAt, TagOf(attributes));

    public static string TagOf(SftpAttributes attributes) => $"{attributes.ModifiedAt.ToUnixTimeSeconds():x}-{attributes.Size:x}";
}

/// <summary>What is in a folder.</summary>
/// <param name="Path">Without links.</param>
/// <param name="Cut">There is more than is shown.</param>
public sealed record FolderContent(string Path, IReadOnlyList<GuestFile> Files, bool Cut);
