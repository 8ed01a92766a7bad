using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Nginx;

namespace WebHoster.Infrastructure.Backups;

/// <summary>
/// A backup is one tar file, for root alone: the manifest, the dump, and what of the data directory goes with the rows. It appears under its
/// name when it is whole and on the disk.
/// </summary>
public static partial class BackupArchive
{
    public const string Dump = "database.dump";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="files">By the name in the archive, where they are.</param>
    public static async Task WriteAsync(string target, Manifest manifest, IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        var beside = target + ".part";
        try
        {
            await using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Private }))
            {
                File.SetUnixFileMode(stream.SafeFileHandle, Private);
                await using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
                {
                    await AddAsync(tar, Manifest.Name, new MemoryStream(manifest.ToJson()), manifest.CreatedAt, ct);
                    foreach (var (name, path) in files)
                    {
                        await using var file = File.OpenRead(path);
                        await AddAsync(tar, name, file, manifest.CreatedAt, ct);
                    }
                }
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, target, overwrite: true);
            FolderSync.Sync(Path.GetDirectoryName(target)!);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Unpacks into an empty folder, and believes nothing: known names only, each with the checksum that the manifest has.</summary>
    /// <exception cref="HostException">The file is none of ours, or damaged; the message says how.</exception>
    public static async Task<Manifest> ReadAsync(string file, string folder, CancellationToken ct)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            await using var tar = new TarReader(stream);
            var manifest = await ReadManifestAsync(tar, ct) ?? throw new HostException($"{file} is no backup of WebHoster.");
            if (manifest.Format != Manifest.CurrentFormat)
                throw new HostException($"{file} has format {manifest.Format}, this version reads {Manifest.CurrentFormat}. Restore it with the version that made it, {manifest.Version}.");
            var lacking = manifest.Files.Keys.ToHashSet();
            while (await tar.GetNextEntryAsync(cancellationToken: ct) is { } entry)
            {
                if (entry.EntryType is not TarEntryType.RegularFile || !IsKnown(entry.Name) || !lacking.Remove(entry.Name))
                    throw new HostException($"{file} is damaged: it has “{entry.Name}”, which does not belong there.");
                await UnpackAsync(entry, Path.Combine(folder, entry.Name), ct);
                if (await HashAsync(Path.Combine(folder, entry.Name), ct) != manifest.Files[entry.Name])
                    throw new HostException($"{file} is damaged: {entry.Name} has another checksum than when it was written.");
            }
            return lacking.Count == 0 ? manifest : throw new HostException($"{file} is damaged: {lacking.Order().First()} is missing.");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException)
        {
            throw new HostException($"{file} cannot be read: {e.Message}", null, e);
        }
    }

    public static async Task<string> HashAsync(string path, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }

    /// <summary>Of the data directory: no more than these, and nothing that climbs out of it.</summary>
    internal static bool IsKnown(string name) => name == Dump || Belonging().IsMatch(name);

    private static async Task<Manifest?> ReadManifestAsync(TarReader tar, CancellationToken ct)
    {
        if (await tar.GetNextEntryAsync(cancellationToken: ct) is not { Name: Manifest.Name, DataStream: { } data })
            return null;
        using var json = new MemoryStream();
        await data.CopyToAsync(json, ct);
        return Manifest.Parse(json.ToArray());
    }

    private static async Task UnpackAsync(TarEntry entry, string path, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var target = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
        if (entry.DataStream is { } data)
            await data.CopyToAsync(target, ct);
    }

    private static Task AddAsync(TarWriter tar, string name, Stream content, DateTimeOffset at, CancellationToken ct) => tar.WriteEntryAsync(
        new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = Private, ModificationTime = at }, ct);

    [GeneratedRegex(@"\A(install-id|settings\.env|(secrets|keys)/[A-Za-z0-9][A-Za-z0-9._-]*)\z")]
    private static partial Regex Belonging();
}
