using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Slots;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

/// <summary>The rows follow a real listener beside a real nginx.</summary>
[Trait("Category", "Integration")]
public sealed class SlotPortsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly NginxHost host = new();

    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task ASlotIsUnusableWhileAListenerHasItsPort()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(host.Configuration)
            .AddInMemoryCollection([new("ConnectionStrings:Default", postgres.ConnectionString)]).Build();
        await using var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration)
            .AddWebHosterCore(configuration).BuildServiceProvider();
        await services.GetRequiredService<Migrator>().MigrateAsync();
        var factory = services.GetRequiredService<IDbContextFactory<WebHosterDb>>();
        var ports = new SlotPorts(factory, host.Proxy, host.Plan, NullLogger<SlotPorts>.Instance);
        await postgres.ExecuteAsync("insert into slots (number, state, released_at) select n, 'resting', now() from generate_series(0, 149) n");

        using (var fresh = Listen(150))
        using (var rested = Listen(120))
        {
            await ports.ObserveAsync(default);

            Assert.Equal([120, 150], await UnusableAsync());
            Assert.Equal(151, await AllocateAsync());
        }
        await ports.ObserveAsync(default);

        Assert.Empty(await UnusableAsync());
        Assert.Equal(150, await AllocateAsync());
        Assert.NotNull(await postgres.ScalarAsync<object>("select released_at from slots where number = 120 and state = 'resting'"));

        async Task<List<int>> UnusableAsync()
        {
            await using var db = await factory.CreateDbContextAsync();
            return await db.Slots.Where(s => s.State == SlotState.Unusable).Select(s => s.Number).OrderBy(n => n).ToListAsync();
        }

        async Task<int> AllocateAsync()
        {
            await using var db = await factory.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            return (await services.GetRequiredService<SlotAllocator>().AllocateAsync(db, default)).Number;
        }
    }

    private TcpListener Listen(int slot)
    {
        var listener = new TcpListener(IPAddress.Loopback, host.Plan.Port(slot));
        listener.Start();
        return listener;
    }
}
