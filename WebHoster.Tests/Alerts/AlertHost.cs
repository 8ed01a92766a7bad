using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebHoster.Core.Alerts;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Alerts;

/// <summary>What a process of WebHoster does about alerts, on a database of its own.</summary>
internal sealed class AlertHost : IAsyncDisposable
{
    private static readonly string Keys = Directory.CreateTempSubdirectory("webhoster-keys-").FullName;

    private readonly IHost _host;
    private bool _stopped;

    private AlertHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public AlertBook Book => _host.Services.GetRequiredService<AlertBook>();

    public AlertTargets Targets => _host.Services.GetRequiredService<AlertTargets>();

    public AlertQueries Queries => _host.Services.GetRequiredService<AlertQueries>();

    /// <param name="fresh">False to join what is there.</param>
    /// <param name="worker">True for what the worker alone watches.</param>
    public static async Task<AlertHost> StartAsync(PostgresFixture postgres, bool fresh = true, bool worker = false, params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Default"] = postgres.ConnectionString,
            ["DataProtection:KeysPath"] = Keys,
            ["Alerts:Permitted:0"] = "127.0.0.1",
            ["Alerts:FreeSlots"] = "0",
            ["Alerts:FreeMemoryPercent"] = "0",
            ["Alerts:FreeDiskPercent"] = "0",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create(s[0], (string?)s[1])));
        builder.Services.AddWebHosterCore(builder.Configuration);
        builder.Services.AddAlerts();
        builder.Services.Configure<KeyManagementOptions>(options => options.AutoGenerateKeys = true);
        if (worker)
            builder.Services.AddHostAlerts();
        var host = builder.Build();
        await host.Services.GetRequiredService<Migrator>().MigrateAsync();
        if (fresh)
            await postgres.ExecuteAsync("truncate alerts, alert_targets, alert_deliveries, drift_findings, workers, operations, hostings, slots, users cascade");
        await host.StartAsync();
        await host.Services.GetRequiredService<ChangeFeed>().Listening;
        return new AlertHost(host);
    }

    public async Task<AlertTarget> AddTargetAsync(AlertReceiver receiver, string name = "on-call") =>
        (await Targets.AddAsync(Guid.NewGuid(), TargetKind.Webhook, name, receiver.Url, null, default)).Target;

    public async ValueTask DisposeAsync()
    {
        if (_stopped)
            return;
        _stopped = true;
        await _host.StopAsync();
        _host.Dispose();
    }
}
