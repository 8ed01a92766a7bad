using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>
/// A host to do harm to: real PostgreSQL, real nginx, the real program as worker and as fsck; the hypervisor's tools are
/// stand-ins. The test itself is the portal: it makes requests and follows them.
/// </summary>
public sealed class FaultHost : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("wh-faults-").FullName;
    private readonly PostgresFixture _postgres = new();
    private readonly NginxHost _nginx = new();
    private readonly List<WorkerProcess> _workers = [];
    private Dictionary<string, string> _environment = [];
    private StandInGuests? _guests;
    private IHost? _portal;
    private int _users;

    internal StandInTools Tools { get; private set; } = null!;

    private IServiceProvider Portal => _portal!.Services;

    private HostingRequests Requests => Portal.GetRequiredService<HostingRequests>();

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        await _nginx.InitializeAsync();
        Tools = new StandInTools(_folder);
        var template = Directory.CreateDirectory(Path.Combine(_folder, "images", "current")).FullName;
        await File.WriteAllTextAsync(Path.Combine(template, "disk.qcow2"), "a stand-in\n");
        await File.WriteAllTextAsync(Path.Combine(template, "template.json"), """{ "name": "stand-in", "boot": "disk" }""");
        var settings = new Dictionary<string, string?>(_nginx.Configuration)
        {
            ["ConnectionStrings:Default"] = _postgres.ConnectionString,
            ["Images:Path"] = Path.Combine(_folder, "images"),
            ["Engine:LeaseSeconds"] = "5",
            ["Engine:ScanSeconds"] = "1",
            ["Engine:ReadySeconds"] = "20",
            ["Engine:CommandSeconds"] = "5",
            ["Engine:ShutdownGraceSeconds"] = "5",
            ["Engine:SlotRestDays"] = "0",
            // What the engine leaks must not be swept away before fsck has looked.
            ["Engine:SweepSeconds"] = "86400",
        };
        _environment = settings.ToDictionary(s => s.Key.Replace(":", "__"), s => s.Value!);
        foreach (var (name, value) in Tools.Environment())
            _environment[name] = value;
        _guests = new StandInGuests(Tools.Guests, int.Parse(settings["Guest:HttpPort"]!), int.Parse(settings["Guest:SshPort"]!));

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddWebHosterCore(builder.Configuration);
        _portal = builder.Build();
        await Portal.GetRequiredService<Migrator>().MigrateAsync();
        await _portal.StartAsync();
        await Portal.GetRequiredService<ChangeFeed>().Listening.WaitAsync(Patience);
    }

    /// <summary>One more worker.</summary>
    internal async Task<WorkerProcess> StartWorkerAsync()
    {
        var worker = await WorkerProcess.StartAsync(_environment);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>The worker that lives, or a new one.</summary>
    internal async Task<WorkerProcess> WorkerAsync() => _workers.LastOrDefault(w => !w.Exited.IsCompleted) ?? await StartWorkerAsync();

    internal string WorkerLogs => string.Join("\n-- next worker\n", _workers.TakeLast(2).Select(w => w.Log));

    public async Task<Guid> AddUserAsync()
    {
        await using var db = await DbAsync();
        var user = EngineHost.NewUser($"user{Interlocked.Increment(ref _users)}");
        db.Add(user);
        await db.SaveChangesAsync();
        return user.Id;
    }

    public async Task<Guid> RequestAsync(Guid owner, OperationKind kind) => kind == OperationKind.Create
        ? (await Requests.CreateAsync(owner, null, null)).Operation.Id
        : (await Requests.ChangeAsync(owner, kind, null)).Id;

    public async Task<Operation> EndedAsync(Guid owner, Guid operationId)
    {
        using var limit = new CancellationTokenSource(Patience);
        Operation? last = null;
        try
        {
            await foreach (var operation in Portal.GetRequiredService<OperationFollower>().FollowAsync(owner, operationId, limit.Token))
                last = operation;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{last?.Kind} has not ended; {last?.Status}.\n{WorkerLogs}");
        }
        return last!;
    }

    public async Task<Operation> DoAsync(Guid owner, OperationKind kind) => await EndedAsync(owner, await RequestAsync(owner, kind));

    public async Task<Hosting?> FindAsync(Guid owner)
    {
        await using var db = await DbAsync();
        return await db.Hostings.AsNoTracking().FirstOrDefaultAsync(h => h.OwnerId == owner);
    }

    /// <summary>The calls of an undisturbed create or delete.</summary>
    internal async Task<IReadOnlyList<Call>> RecordAsync(OperationKind kind, bool effectsOnly)
    {
        await WorkerAsync();
        var owner = await AddUserAsync();
        var since = Tools.Count;
        EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Create));
        var until = Tools.CallsSince(since, effectsOnly);
        since = Tools.Count;
        EngineHost.AssertSucceeded(await DoAsync(owner, OperationKind.Delete));
        return kind == OperationKind.Create ? until : Tools.CallsSince(since, effectsOnly);
    }

    /// <summary>The real command: nothing leaked, nothing lost.</summary>
    public async Task AssertFsckCleanAsync(string after)
    {
        var fsck = await Shell.RunAsync("dotnet", [PortalFixture.Program, "fsck"], _environment);
        Assert.True(fsck.ExitCode == 0, $"After {after}: {fsck.Output}{fsck.Error}\n{WorkerLogs}");
    }

    public async Task DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        if (_portal is not null)
            await _portal.StopAsync();
        _portal?.Dispose();
        if (_guests is not null)
            await _guests.DisposeAsync();
        await _nginx.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<WebHosterDb> DbAsync() => Portal.GetRequiredService<IDbContextFactory<WebHosterDb>>().CreateDbContextAsync();
}
