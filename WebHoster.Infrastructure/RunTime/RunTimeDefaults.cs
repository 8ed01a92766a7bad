using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.RunTime;

/// <summary>What holds where no administrator has changed it: the configuration.</summary>
public sealed class RunTimeDefaults(IOptions<RateLimitSettings> limits, IOptions<AccountSettings> accounts, IConfiguration configuration)
{
    public RunTimeValues Values { get; } = new()
    {
        RegistrationOpen = accounts.Value.RegistrationOpen,
        RateLimitsEnabled = limits.Value.Enabled,
        AuthPerMinute = limits.Value.AuthPerMinute,
        AccountPerMinute = limits.Value.AccountPerMinute,
        LogLevel = configuration.GetValue("Logging:Level", LogDetail.Information),
    };
}
