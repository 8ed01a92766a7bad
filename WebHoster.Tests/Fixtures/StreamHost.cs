using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Files;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Streams;

namespace WebHoster.Tests.Fixtures;

/// <summary>The worker's stream socket as the worker runs it, in front of <see cref="TestGuest"/>.</summary>
internal sealed class StreamHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly PostgresFixture _postgres;

    private StreamHost(IHost host, PostgresFixture postgres, TestGuest guest) => (_host, _postgres, Guest) = (host, postgres, guest);

    public TestGuest Guest { get; }

    public WorkerStreams Streams => _host.Services.GetRequiredService<WorkerStreams>();

    public StreamTickets Tickets => _host.Services.GetRequiredService<StreamTickets>();

    public string SocketPath => StreamSettings.SocketOf(_host.Services.GetRequiredService<IOptions<InstallSettings>>().Value);

    /// <summary>As the portal has them, but with less patience.</summary>
    public FileSessions FileSessions(TimeSpan patience) => new(
        _host.Services.GetRequiredService<HostingQueries>(), Streams, Options.Create(new GuestSettings()), TimeProvider.System)
    {
        Patience = patience,
    };

    /// <param name="dataPath">Another program's that is to find the socket.</param>
    /// <param name="settings">Such as <c>Streams:ConsolesPerHosting=1</c>.</param>
    public static async Task<StreamHost> StartAsync(PostgresFixture postgres, string dataPath, params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Default"] = postgres.ConnectionString,
            ["Install:DataPath"] = dataPath,
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create(s[0], (string?)s[1])));
        var guest = new TestGuest();
        builder.Services.AddWebHosterCore(builder.Configuration);
        builder.Services.AddSingleton<IGuestChannels>(guest);
        builder.Services.AddWebHosterStreams();
        var host = builder.Build();
        await host.Services.GetRequiredService<Migrator>().MigrateAsync();
        await host.StartAsync();
        await host.Services.GetRequiredService<ChangeFeed>().Listening.WaitAsync(TimeSpan.FromSeconds(30));
        return new StreamHost(host, postgres, guest);
    }

    /// <summary>Somebody with a hosting that runs, as far as PostgreSQL knows.</summary>
    public async Task<(Guid Owner, Guid Hosting)> AddHostingAsync(string name)
    {
        var user = EngineHost.NewUser(name);
        await using (var db = await _host.Services.GetRequiredService<IDbContextFactory<WebHosterDb>>().CreateDbContextAsync())
        {
            db.Add(user);
            await db.SaveChangesAsync();
        }
        var accepted = await _host.Services.GetRequiredService<HostingRequests>().CreateAsync(user.Id, null, null);
        await new TestEngine(_postgres).CreateAsync(name);
        return (user.Id, accepted.Hosting.Id);
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        Guest.Dispose();
    }
}
