using System.ComponentModel.DataAnnotations;
using WebHoster.Infrastructure.Files;

namespace WebHoster.Web.Files;

/// <summary>A file or folder as the API shows it.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Tag">For <c>If-Match</c>: differs when the content does.</param>
public sealed record FileResource(string Name, string Path, FileKind Kind, long Size, DateTimeOffset ModifiedAt, string Tag)
{
    public static FileResource Of(GuestFile file) => new(file.Name, file.Path, file.Kind, file.Size, file.ModifiedAt, file.Tag);
}

/// <summary>What is in a folder.</summary>
/// <param name="Roots">The folders that files can be reached in.</param>
/// <param name="Cut">There is more than is shown.</param>
public sealed record FolderResource(string Path, IReadOnlyList<string> Roots, IReadOnlyList<FileResource> Files, bool Cut);

/// <summary>How far an upload is.</summary>
/// <param name="Upload">As the caller named it; null for one without a name.</param>
/// <param name="Received">Bytes that have arrived: go on from there.</param>
/// <param name="File">The file, once it is whole.</param>
public sealed record UploadResource(Guid? Upload, long Received, FileResource? File);

/// <summary>Body of a rename, which may also move.</summary>
public sealed record RenameRequest([property: Required] string? From, [property: Required] string? To);

/// <summary>Body of a new folder.</summary>
public sealed record MakeFolderRequest([property: Required] string? Path);

/// <summary>What a deletion has removed.</summary>
/// <param name="Removed">Files and folders.</param>
public sealed record RemovalResource(int Removed);
