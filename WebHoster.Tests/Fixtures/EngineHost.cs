using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Realtime;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>The whole engine as the worker runs it, on a real PostgreSQL, over machines in memory.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly IHost _host;

    private EngineHost(IHost host, FakeHypervisor hypervisor, FakeProxy proxy) =>
        (_host, Hypervisor, Proxy) = (host, hypervisor, proxy);

    public FakeHypervisor Hypervisor { get; }

    public FakeProxy Proxy { get; }

    public HostingRequests Requests => _host.Services.GetRequiredService<HostingRequests>();

    public SshKeyRequests Keys => _host.Services.GetRequiredService<SshKeyRequests>();

    public AccountRemoval Removal => _host.Services.GetRequiredService<AccountRemoval>();

    public Reconciler Reconciler => _host.Services.GetRequiredService<Reconciler>();

    /// <summary>Starts from an empty database, unless it joins another engine.</summary>
    /// <param name="shared">Another engine's host, which this one is to share: two workers, one machine park.</param>
    /// <param name="settings">Such as <c>Engine:ReadySeconds=5</c>.</param>
    public static async Task<EngineHost> StartAsync(PostgresFixture postgres, EngineHost? shared = null, params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Default"] = postgres.ConnectionString,
            ["RateLimits:Enabled"] = "false",
            ["Engine:ScanSeconds"] = "1",
            ["Engine:LeaseSeconds"] = "5",
            ["Engine:ReadySeconds"] = "10",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create(s[0], (string?)s[1])));
        builder.Services.AddWebHosterCore(builder.Configuration);
        var hypervisor = shared?.Hypervisor ?? new FakeHypervisor();
        var proxy = shared?.Proxy ?? new FakeProxy(hypervisor);
        builder.Services.AddSingleton<IHypervisor>(hypervisor).AddSingleton<IReverseProxy>(proxy);
        builder.Services.AddWebHosterEngine(builder.Configuration);
        var host = builder.Build();
        await host.Services.GetRequiredService<Migrator>().MigrateAsync();
        if (shared is null)
            await postgres.ExecuteAsync("truncate hostings, slots, operations, users cascade");
        await host.StartAsync();
        await host.Services.GetRequiredService<ChangeFeed>().Listening.WaitAsync(Patience);
        return new EngineHost(host, hypervisor, proxy);
    }

    /// <summary>What a portal needs to make requests, on a line of its own.</summary>
    public static IHost BuildPortal(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["ConnectionStrings:Default"] = connectionString, ["RateLimits:Enabled"] = "false" });
        builder.Services.AddWebHosterCore(builder.Configuration);
        return builder.Build();
    }

    public async Task<Guid> AddUserAsync(string name)
    {
        await using var db = await DbAsync();
        var user = NewUser(name);
        db.Add(user);
        await db.SaveChangesAsync();
        return user.Id;
    }

    public static User NewUser(string name) => new()
    {
        Id = Guid.NewGuid(),
        UserName = name,
        NormalizedUserName = name.ToUpperInvariant(),
        Email = $"{name}@example.org",
        NormalizedEmail = $"{name}@EXAMPLE.ORG".ToUpperInvariant(),
    };

    public async Task<Operation> EndedAsync(Guid owner, Guid operationId)
    {
        using var limit = new CancellationTokenSource(Patience);
        Operation? last = null;
        await foreach (var operation in _host.Services.GetRequiredService<OperationFollower>().FollowAsync(owner, operationId, limit.Token))
            last = operation;
        return last!;
    }

    public async Task<Operation> CreateAsync(Guid owner) =>
        await EndedAsync(owner, (await Requests.CreateAsync(owner, null, null)).Operation.Id);

    public async Task<Operation> ChangeAsync(Guid owner, OperationKind kind) =>
        await EndedAsync(owner, (await Requests.ChangeAsync(owner, kind, null)).Id);

    public static void AssertSucceeded(Operation operation) =>
        Assert.True(operation.Status == OperationStatus.Succeeded, $"{operation.Kind} {operation.Status}: {operation.Error}\n{operation.ErrorDetail}");

    public async Task<Hosting?> FindAsync(Guid owner)
    {
        await using var db = await DbAsync();
        return await db.Hostings.AsNoTracking().FirstOrDefaultAsync(h => h.OwnerId == owner);
    }

    /// <summary>No domain, disk, seed, route, row or held slot is left.</summary>
    public async Task AssertNothingLeftAsync()
    {
        await using var db = await DbAsync();
        Assert.Empty(Hypervisor.Leftovers);
        Assert.Empty(Proxy.Table.Sites);
        Assert.Empty(await db.Hostings.ToListAsync());
        Assert.Empty(await db.Set<HostingTransition>().ToListAsync());
        Assert.Empty(await db.Slots.Where(s => s.State == SlotState.Held).ToListAsync());
        Assert.Empty(await db.Operations.Where(o => o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running).ToListAsync());
    }

    public IDbContextFactory<WebHosterDb> Factory => _host.Services.GetRequiredService<IDbContextFactory<WebHosterDb>>();

    public Task<WebHosterDb> DbAsync() => Factory.CreateDbContextAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
