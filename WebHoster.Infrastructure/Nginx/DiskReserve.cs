namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// Space set aside for the day when the disk is full: taking a site down needs a new configuration, and without it nothing may
/// be deleted that would make room.
/// </summary>
internal sealed class DiskReserve(string file)
{
    private const long Bytes = 2 << 20;
    private const int NoSpace = 28; // ENOSPC, which .NET passes on as it is

    public void Keep()
    {
        if (File.Exists(file))
            return;
        try
        {
            File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write, preallocationSize: Bytes).Dispose();
        }
        catch (IOException)
        {
            // Full already, or another writer was first: the next one tries again.
        }
    }

    /// <summary>Writes, and once more with the reserve given up.</summary>
    public void Use(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e) when (e.HResult == NoSpace && File.Exists(file))
        {
            File.Delete(file);
            write();
        }
    }
}
