using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>A file system in memory that can be filled to the last block.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly Lazy<string?> Trouble = new(Try);

    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Refusal => Trouble.Value;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    public bool IsFull => File.Exists(Filler);

    public static SmallDisk Mount(int megabytes)
    {
        var path = Directory.CreateTempSubdirectory("wh-small-").FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", path);
        return new SmallDisk(path);
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: a guest's or nginx's last file may still be open.
        Run("umount", "--lazy", Path);
        Directory.Delete(Path);
    }

    private static string? Try()
    {
        try
        {
            Mount(1).Dispose();
            return null;
        }
        catch (Exception e)
        {
            return $"No file system may be mounted here: {e.Message}";
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        var result = Task.Run(() => Shell.RunAsync(program, arguments)).GetAwaiter().GetResult();
        if (result.ExitCode != 0)
            throw new InvalidOperationException(result.Error.Trim());
    }
}

/// <summary>A theory about a full disk; needs to mount one.</summary>
internal sealed class SmallDiskTheoryAttribute : TheoryAttribute
{
    public SmallDiskTheoryAttribute() => Skip = SmallDisk.Refusal;
}
