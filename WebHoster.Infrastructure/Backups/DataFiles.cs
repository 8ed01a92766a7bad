namespace WebHoster.Infrastructure.Backups;

/// <summary>What of the data directory goes with the rows: secrets, the keys of cookies, and who the install is.</summary>
internal static class DataFiles
{
    /// <summary>
    /// What is missing is put back; what is there stays, for it may be newer: a key that was changed because somebody knew it must not come back.
    /// Only root may read it, until the launcher gives it its owner (provisioning/backup.sh).
    /// </summary>
    public static IReadOnlyList<string> PutBack(string from, string data)
    {
        var done = new List<string>();
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(from, file);
            var target = Path.Combine(data, name);
            if (name == BackupArchive.Dump || File.Exists(target))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target + ".new", overwrite: true);
            File.Move(target + ".new", target);
            done.Add(name);
        }
        return done;
    }
}
