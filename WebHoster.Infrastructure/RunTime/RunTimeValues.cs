namespace WebHoster.Infrastructure.RunTime;

/// <summary>How much is logged; the words are those of <c>Logging:Level</c>.</summary>
public enum LogDetail { Verbose, Debug, Information, Warning, Error, Fatal }

/// <summary>What can be changed while WebHoster runs, as it is at one moment.</summary>
public sealed record RunTimeValues
{
    /// <summary>Whether people can make accounts themselves.</summary>
    public bool RegistrationOpen { get; init; } = true;

    public bool RateLimitsEnabled { get; init; } = true;

    /// <summary>Registrations and sign-ins per address and minute.</summary>
    public int AuthPerMinute { get; init; } = 60;

    /// <summary>Sign-ins per name tried and minute.</summary>
    public int AccountPerMinute { get; init; } = 20;

    public LogDetail LogLevel { get; init; } = LogDetail.Information;

    /// <summary>Names that nobody can take, besides those that are reserved anyway; sorted.</summary>
    public IReadOnlyList<string> ReservedSlugs { get; init; } = [];
}
