// The host is Linux: libvirt and nginx are nowhere else.
#pragma warning disable CA1416
using System.Text;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// Configurations on disk. Each generation is a folder of its own that never changes, and <c>nginx.conf</c> names one: a
/// single rename switches the whole set, so no crash can leave half of one and half of another.
/// </summary>
internal sealed class GenerationStore(NginxInstance instance)
{
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly DiskReserve reserve = new(Path.Combine(instance.Folder, "reserve"));

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string Folder => FolderOf(instance);

    private string LastGoodFile => Path.Combine(instance.Folder, "last-good");

    /// <summary>Where the next configuration waits for nginx's verdict; beside the real one, for paths are relative to it.</summary>
    public string Candidate => instance.Configuration + ".next";

    public static string FolderOf(NginxInstance instance) => Path.Combine(instance.Folder, "generations");

    public void CreateFolders()
    {
        foreach (var folder in new[] { Path.GetDirectoryName(instance.PidFile)!, Path.GetDirectoryName(instance.ErrorLog)! })
            Directory.CreateDirectory(folder);
        foreach (var folder in new[] { Path.GetDirectoryName(instance.Folder)!, instance.Folder, Folder, instance.Custom, instance.Temp })
            CreatePassable(folder);
        CheckPassage();
        reserve.Keep();
    }

    /// <summary>True where the configuration on disk is just this one, with every file.</summary>
    public bool Holds(RenderedSet set) =>
        File.Exists(instance.Configuration) && File.ReadAllText(instance.Configuration) == set.Configuration && IsWhole(set);

    /// <summary>Puts the set's folder and the candidate on disk, durably.</summary>
    public void Write(RenderedSet set) => reserve.Use(() => WriteAll(set));

    /// <summary>Makes the tested candidate the configuration.</summary>
    public void Switch()
    {
        Fence.Require();
        File.Move(Candidate, instance.Configuration, overwrite: true);
        FolderSync.Sync(instance.Folder);
    }

    public void DropCandidate() => File.Delete(Candidate);

    public string? LastGood => File.Exists(LastGoodFile) ? File.ReadAllText(LastGoodFile) : null;

    /// <summary>Null where there is no such generation, or no such file in it.</summary>
    public string? ReadFile(string? generation, string name) =>
        Path.Combine(Folder, generation ?? "none", name) is var file && File.Exists(file) ? File.ReadAllText(file) : null;

    /// <summary>Puts the last confirmed configuration back; false where there is none.</summary>
    public bool Restore()
    {
        var file = Path.Combine(Folder, LastGood ?? "none", RenderedSet.Main);
        if (!File.Exists(file))
            return false;
        reserve.Use(() => WriteDurably(Candidate, File.ReadAllText(file)));
        Switch();
        return true;
    }

    /// <summary>Remembers a confirmed generation, and forgets all but it and the one before (old workers still read that one's pages).</summary>
    public void MarkGood(string generation)
    {
        var before = LastGood;
        if (before == generation)
            return;
        var beside = LastGoodFile + ".new";
        reserve.Use(() => WriteDurably(beside, generation));
        File.Move(beside, LastGoodFile, overwrite: true);
        FolderSync.Sync(instance.Folder);
        foreach (var folder in Directory.GetDirectories(Folder).Where(f => Path.GetFileName(f) is var n && n != generation && n != before))
            Remove(folder);
    }

    private void WriteAll(RenderedSet set)
    {
        if (!IsWhole(set))
        {
            var final = Path.Combine(Folder, set.Generation);
            var beside = final + ".new";
            Remove(beside);
            foreach (var (name, content) in set.Files)
            {
                var path = Path.Combine(beside, name);
                CreatePassable(Path.GetDirectoryName(path)!);
                WriteDurably(path, content);
            }
            Remove(final);
            Directory.Move(beside, final);
            FolderSync.Sync(Folder);
        }
        WriteDurably(Candidate, set.Configuration);
    }

    /// <summary>Workers are another user: a closed folder above theirs would turn every page into an error 500.</summary>
    private void CheckPassage()
    {
        for (var folder = Path.GetDirectoryName(instance.Folder); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute))
                throw new HostException($"nginx's workers cannot pass through {folder}. Run: chmod o+x {folder}");
        }
    }

    private bool IsWhole(RenderedSet set) => set.Files.All(f =>
    {
        var path = Path.Combine(Folder, set.Generation, f.Key);
        return File.Exists(path) && File.ReadAllText(path) == f.Value;
    });

    private static void WriteDurably(string path, string content)
    {
        Fence.Require();
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        // Workers are another user and, whatever the umask, need the pages; the rest (drop-ins may hold secrets) they do not.
        File.SetUnixFileMode(file.SafeFileHandle, Path.GetExtension(path) is ".html" or ".json" ? Readable : Private);
        file.Write(Encoding.UTF8.GetBytes(content));
        file.Flush(flushToDisk: true);
    }

    private static void CreatePassable(string folder)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, Passable);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
