using System.ComponentModel.DataAnnotations;

namespace WebHoster.Infrastructure.Settings;

/// <summary>Section <c>RateLimits</c>: what holds until an administrator changes it.</summary>
public sealed class RateLimitSettings
{
    public const int Most = 100_000;

    public bool Enabled { get; set; } = true;

    /// <summary>Registrations and sign-ins per remote address and minute.</summary>
    [Range(1, Most, ErrorMessage = "RateLimits:AuthPerMinute is 1-100000.")]
    public int AuthPerMinute { get; set; } = 60;

    /// <summary>Sign-ins per name tried and minute, whatever the addresses.</summary>
    [Range(1, Most, ErrorMessage = "RateLimits:AccountPerMinute is 1-100000.")]
    public int AccountPerMinute { get; set; } = 20;

    /// <summary>Hostings that one person may have made within 24 hours: each takes a slot, which then rests for long.</summary>
    [Range(1, Most, ErrorMessage = "RateLimits:CreationsPerDay is 1-100000.")]
    public int CreationsPerDay { get; set; } = 50;
}
