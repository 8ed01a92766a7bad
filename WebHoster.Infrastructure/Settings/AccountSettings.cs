using System.ComponentModel.DataAnnotations;

namespace WebHoster.Infrastructure.Settings;

/// <summary>Section <c>Accounts</c>.</summary>
public sealed class AccountSettings
{
    /// <summary>How soon a disabled person's open pages and live connections end, in seconds. Cookies and tokens end at once.</summary>
    // 60 with what a round itself takes would be more than the minute that is promised.
    [Range(1, 50, ErrorMessage = "Accounts:CheckSeconds is 1-50.")]
    public int CheckSeconds { get; set; } = 30;

    /// <summary>Whether people can make accounts themselves, until an administrator changes it.</summary>
    public bool RegistrationOpen { get; set; } = true;

    public TimeSpan CheckInterval => TimeSpan.FromSeconds(CheckSeconds);
}
