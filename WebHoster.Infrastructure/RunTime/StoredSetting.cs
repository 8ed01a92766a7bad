namespace WebHoster.Infrastructure.RunTime;

/// <summary>A setting that an administrator has changed; the others are as the configuration says.</summary>
/// <param name="value">JSON.</param>
public sealed class StoredSetting(string name, string value, DateTimeOffset changedAt, Guid changedBy)
{
    public const int MaxNameLength = 40;

    public string Name { get; private set; } = name;

    public string Value { get; set; } = value;

    public DateTimeOffset ChangedAt { get; set; } = changedAt;

    /// <summary>No foreign key: the setting outlives the person.</summary>
    public Guid ChangedBy { get; set; } = changedBy;
}
