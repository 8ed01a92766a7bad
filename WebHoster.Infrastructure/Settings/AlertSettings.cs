using System.ComponentModel.DataAnnotations;

namespace WebHoster.Infrastructure.Settings;

/// <summary>Section <c>Alerts</c>: when something needs attention, and where webhooks may go.</summary>
public sealed class AlertSettings
{
    /// <summary>Fewer free slots than this are few.</summary>
    [Range(0, 100000, ErrorMessage = "Alerts:FreeSlots is 0-100000.")]
    public int FreeSlots { get; set; } = 10;

    /// <summary>Less of the host's memory available than this, in per cent, is little.</summary>
    [Range(0, 100, ErrorMessage = "Alerts:FreeMemoryPercent is 0-100.")]
    public int FreeMemoryPercent { get; set; } = 5;

    /// <summary>Less of the data directory's file system free than this, in per cent, is little.</summary>
    [Range(0, 100, ErrorMessage = "Alerts:FreeDiskPercent is 0-100.")]
    public int FreeDiskPercent { get; set; } = 10;

    /// <summary>How long PostgreSQL may be away before that is trouble, in seconds.</summary>
    [Range(1, 3600, ErrorMessage = "Alerts:DatabaseSeconds is 1-3600.")]
    public int DatabaseSeconds { get; set; } = 15;

    /// <summary>Host names, addresses or networks within the house that webhooks may go to all the same.</summary>
    public string[] Permitted { get; set; } = [];
}
