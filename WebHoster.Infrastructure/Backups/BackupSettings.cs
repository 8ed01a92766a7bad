using System.ComponentModel.DataAnnotations;

namespace WebHoster.Infrastructure.Backups;

/// <summary>Section <c>Backup</c>: copies of the database, with the secrets that belong to it.</summary>
public sealed class BackupSettings
{
    /// <summary>Whether a worker makes one each day; <c>./webhoster backup</c> always does.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Absolute; empty for <c>backups</c> in the data directory.</summary>
    public string Path { get; set; } = "";

    /// <summary>The hour of the day, 0-23, in the host's time zone.</summary>
    [Range(0, 23, ErrorMessage = "Backup:Hour is 0-23.")]
    public int Hour { get; set; } = 3;

    /// <summary>How many are kept in the folder; older ones are removed when a new one is whole.</summary>
    [Range(1, 10_000, ErrorMessage = "Backup:Keep is 1-10000.")]
    public int Keep { get; set; } = 14;

    /// <summary>How long PostgreSQL's tools may take, in minutes.</summary>
    [Range(1, 1440, ErrorMessage = "Backup:LimitMinutes is 1-1440.")]
    public int LimitMinutes { get; set; } = 60;
}
