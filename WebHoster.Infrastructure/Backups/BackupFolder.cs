using System.Globalization;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Backups;

/// <summary>A backup that lies in the folder.</summary>
public sealed record BackupFile(string Path, DateTimeOffset CreatedAt, long Bytes);

/// <summary>Where backups are kept, and which. Only files that are named as ours are, are ever removed.</summary>
public sealed class BackupFolder(IOptions<BackupSettings> settings, IOptions<InstallSettings> install)
{
    private const string Stamp = "yyyyMMdd'T'HHmmss'Z'";
    private const string Extension = ".backup";

    public string Folder => settings.Value.Path == "" ? Path.Combine(install.Value.DataPath, "backups") : settings.Value.Path;

    private string Prefix => $"webhoster-{install.Value.Name}-";

    public string NameFor(DateTimeOffset at) => Path.Combine(Folder, $"{Prefix}{at.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}{Extension}");

    /// <summary>Newest first.</summary>
    public IReadOnlyList<BackupFile> List() => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder, $"{Prefix}*{Extension}").Select(Find).OfType<BackupFile>().OrderByDescending(f => f.CreatedAt)] : [];

    /// <summary>For root alone; what a killed run left is removed. Called under the lock.</summary>
    public void Prepare()
    {
        if (!Directory.Exists(Folder))
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var part in Directory.GetFiles(Folder, $"{Prefix}*.part").Concat(Directory.GetFiles(Folder, $"{Prefix}*.dump")))
            File.Delete(part);
    }

    /// <summary>Removes all but the newest ones.</summary>
    public void Prune()
    {
        foreach (var old in List().Skip(settings.Value.Keep))
            File.Delete(old.Path);
    }

    /// <summary>True where the newest is older than the last time that one was due: also where that time was slept through.</summary>
    public bool IsDue(DateTimeOffset now)
    {
        if (!settings.Value.Enabled)
            return false;
        var local = now.ToLocalTime();
        var due = new DateTimeOffset(local.Date.AddHours(settings.Value.Hour), local.Offset);
        if (due > local)
            due = due.AddDays(-1);
        return List() is not [var newest, ..] || newest.CreatedAt < due;
    }

    public IEnumerable<MetricFamily> Figures()
    {
        yield return MetricFamily.Of(Catalog.BackupWanted, settings.Value.Enabled ? 1 : 0);
        var newest = List().FirstOrDefault();
        yield return MetricFamily.Of(Catalog.BackupAt, newest?.CreatedAt.ToUnixTimeSeconds() ?? 0);
        yield return MetricFamily.Of(Catalog.BackupBytes, newest?.Bytes ?? 0);
    }

    private BackupFile? Find(string path) =>
        DateTimeOffset.TryParseExact(
            Path.GetFileName(path)[Prefix.Length..^Extension.Length], Stamp, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? new BackupFile(path, at, new FileInfo(path).Length) : null;
}
