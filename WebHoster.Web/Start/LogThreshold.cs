using Serilog.Core;
using Serilog.Events;
using WebHoster.Infrastructure.RunTime;

namespace WebHoster.Web.Start;

/// <summary>Has this process log as much as administrators want just now.</summary>
public sealed class LogThreshold(LoggingLevelSwitch threshold, RunTimeSettings settings, ILogger<LogThreshold> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        settings.Changed += Apply;
        Apply(settings.Current);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        settings.Changed -= Apply;
        return Task.CompletedTask;
    }

    private void Apply(RunTimeValues values)
    {
        var level = Enum.Parse<LogEventLevel>(values.LogLevel.ToString());
        if (threshold.MinimumLevel == level)
            return;
        threshold.MinimumLevel = level;
        logger.LogInformation("Logs are kept from {Level} on", level);
    }
}
