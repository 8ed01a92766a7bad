using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebHoster.Core.Hostings;
using WebHoster.Core.Metrics;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Metrics;

/// <summary>A database with hostings in it, and what writes and reads their figures.</summary>
public sealed class MetricsHost : IAsyncLifetime
{
    private IHost _host = null!;
    private int _slots;

    public PostgresFixture Postgres { get; } = new();

    public IDbContextFactory<WebHosterDb> Factory => _host.Services.GetRequiredService<IDbContextFactory<WebHosterDb>>();

    public MetricsStore Store => new(Factory);

    public async Task InitializeAsync()
    {
        await Postgres.InitializeAsync();
        _host = EngineHost.BuildPortal(Postgres.ConnectionString);
        await _host.Services.GetRequiredService<Migrator>().MigrateAsync();
    }

    public async Task DisposeAsync()
    {
        _host.Dispose();
        await Postgres.DisposeAsync();
    }

    public MetricsQueries QueriesAt(DateTimeOffset now) => new(Factory, new HandClock(now));

    /// <summary>Somebody with so many hostings, and those hostings' ids, which are their machines' as well.</summary>
    public async Task<(Guid Owner, IReadOnlyList<Guid> Hostings)> AddAsync(int hostings)
    {
        await using var db = await Factory.CreateDbContextAsync();
        var owner = EngineHost.NewUser(Person.NewName("meter"));
        List<Guid> ids = [];
        db.Add(owner);
        for (var i = 1; i <= hostings; i++)
        {
            var slot = new Slot(_slots++);
            var hosting = new Hosting(Guid.NewGuid(), owner.Id, i, $"m{slot.Number}", slot, new MachineSize(1024, 1, 10), DateTimeOffset.UtcNow);
            db.AddRange(slot, hosting);
            ids.Add(hosting.Id);
        }
        await db.SaveChangesAsync();
        return (owner.Id, ids);
    }

    public static MetricSample Sample(Guid machine, double cpu = 10) => new(
        new MachineReading(machine, TimeSpan.Zero, 1, 0, 0, 0, 0, 500, new GuestMemory(100, 900)), new Usage(cpu, 1, 2, 3, 4));
}

/// <summary>Stands still until it is moved.</summary>
internal sealed class HandClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset _now = now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Move(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;
}
