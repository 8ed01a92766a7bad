using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace WebHoster.Web.Start;

/// <summary>Structured logs: readable lines on the console, JSON in a rolling file under <c>Logging:Path</c>.</summary>
public static class Logs
{
    private const string Line =
        "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{Trail}{NewLine}{Exception}";

    private const int DaysKept = 14;
    private const long FileBytes = 64 << 20;

    /// <param name="file">First part of the file's name: the role.</param>
    public static void AddWebHosterLogs(this ILoggingBuilder logging, IConfiguration configuration, string file)
    {
        var threshold = new LoggingLevelSwitch(configuration.GetValue("Logging:Level", LogEventLevel.Information));
        logging.Services.AddSingleton(threshold).AddHostedService<LogThreshold>();
        // The framework's own request lines carry query strings, and with them the hub's access_token: ours do not.
        var setup = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(threshold)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Warning)
            // A failed command is thrown as well; the first look for the migrations' table always fails.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database.Command", LogEventLevel.Fatal)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .Enrich.With<LogTrail>()
            .WriteTo.Console(outputTemplate: Line);
        if (configuration["Logging:Path"] is { Length: > 0 } path)
        {
            setup.WriteTo.File(
                new JsonFormatter(renderMessage: true), Path.Combine(path, $"{file}-.log"), rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: DaysKept, fileSizeLimitBytes: FileBytes, rollOnFileSizeLimit: true, shared: false);
        }

        logging.ClearProviders().AddSerilog(setup.CreateLogger(), dispose: true);
    }
}
