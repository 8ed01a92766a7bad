using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
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
/// A host to do harm to: real PostgreSQL, real nginx, the real program as two workers (a killed one is started again) and as fsck;
/// the hypervisor's tools are stand-ins. The test itself is the portal: it makes requests and follows them.
/// </summary>
public class FaultHost : IAsyncLifetime
{
    /// <summary>The most connections to PostgreSQL that one worker may have.</summary>
    internal const int WorkersPool = 40;

    internal const string WorkersName = "worker under test";
    private readonly string _folder = Directory.CreateTempSubdirectory("wh-faults-").FullName;
    private Dictionary<string, string> _environment = [];
    private WorkerPool _workers = null!;
    private StandInGuests? _guests;
    private IHost? _portal;
    private int _users;

    internal StandInTools Tools { get; private set; } = null!;

    /// <summary>Where in the tools' log an undisturbed operation of each kind is: see <see cref="Recording"/>.</summary>
    internal Dictionary<OperationKind, (int Since, int Until)> Recorded { get; } = [];

    internal NginxHost Nginx { get; private set; } = null!;

    internal PostgresFixture Postgres { get; private set; } = null!;

    internal string Data => Nginx.Configuration["Install:DataPath"]!;

    /// <summary>How long an operation may take, whatever is done to it.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(120);

    /// <summary>True where the tools behind the faults are the real ones, and so the machines.</summary>
    protected virtual bool Real => false;

    /// <summary>Whether the workers make backups of the database.</summary>
    protected virtual bool BacksUp => false;

    /// <summary>How many workers share the work.</summary>
    protected virtual int WorkerCount => 2;

    /// <summary>What tells this host from the others; the folder is for whatever the tests make.</summary>
    protected virtual Dictionary<string, string?> SettingsIn(string folder)
    {
        StandInTools.WriteTemplate(Path.Combine(folder, "images", "current"));
        return new()
        {
            ["Images:Path"] = Path.Combine(folder, "images"),
            ["Engine:ReadySeconds"] = "20",
            ["Engine:ShutdownGraceSeconds"] = "5",
        };
    }

    private IServiceProvider Portal => _portal!.Services;

    /// <summary>Of the portal that the test itself is.</summary>
    internal T Service<T>() where T : notnull => Portal.GetRequiredService<T>();

    private HostingRequests Requests => Portal.GetRequiredService<HostingRequests>();

    public async Task InitializeAsync()
    {
        var changes = SettingsIn(_folder);
        Nginx = new NginxHost(changes);
        Postgres = NewDatabase();
        await Postgres.InitializeAsync();
        await Nginx.InitializeAsync();
        // Made once for an install: it is no part of the operation whose commands are recorded.
        Directory.CreateDirectory(Path.Combine(Data, "secrets"));
        (await Shell.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(Data, "secrets", "files.key"))).Ok();
        Tools = new StandInTools(_folder, Real);
        var settings = new Dictionary<string, string?>(Nginx.Configuration)
        {
            ["ConnectionStrings:Default"] = Postgres.ConnectionString,
            ["Engine:LeaseSeconds"] = $"{LeaseSeconds()}",
            ["Engine:ScanSeconds"] = "1",
            ["Engine:SlotRestDays"] = "0",
            // What the engine leaks must not be swept away before fsck has looked.
            ["Engine:SweepSeconds"] = "86400",
            // No test of faults waits for one, and the disk is not to be filled by it.
            ["Backup:Enabled"] = BacksUp ? "true" : "false",
            ["RateLimits:Enabled"] = "false",
        };
        _environment = settings.ToDictionary(s => s.Key.Replace(":", "__"), s => s.Value!);
        _environment["ConnectionStrings__Default"] = new NpgsqlConnectionStringBuilder(WorkersDatabase(Postgres.ConnectionString))
        {
            ApplicationName = WorkersName,
            MaxPoolSize = WorkersPool,
        }.ConnectionString;
        foreach (var (name, value) in Tools.Environment())
            _environment[name] = value;
        if (!Real)
            _guests = new StandInGuests(Tools.Guests, int.Parse(settings["Guest:HttpPort"]!), int.Parse(settings["Guest:SshPort"]!));

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddWebHosterCore(builder.Configuration);
        _portal = builder.Build();
        await Portal.GetRequiredService<Migrator>().MigrateAsync();
        await _portal.StartAsync();
        await Portal.GetRequiredService<ChangeFeed>().Listening.WaitAsync(Patience);
        if (Real)
            (await ProgramAsync("prepare")).Ok();
        _workers = new WorkerPool(_environment, WorkerCount);
        await _workers.Started;
    }

    /// <summary>Short, so that a killed worker is soon followed; on a machine that is behind with its work, long enough to be renewed in time.</summary>
    private static int LeaseSeconds()
    {
        var load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        return (int)Math.Clamp(load / Environment.ProcessorCount, 2, 10);
    }

    internal virtual PostgresFixture NewDatabase() => new();

    /// <summary>Where the workers find PostgreSQL.</summary>
    protected virtual string WorkersDatabase(string direct) => direct;

    /// <summary>For a test that does to the host what a worker would mend.</summary>
    internal ValueTask StopWorkersAsync() => _workers.DisposeAsync();

    /// <summary>For a test that takes the database away from under it. No request can be made any more.</summary>
    internal async Task StopPortalAsync()
    {
        await _portal!.StopAsync();
        _portal.Dispose();
        _portal = null;
        NpgsqlConnection.ClearAllPools();
    }

    internal Task KillOneAsync(Random random) => _workers.KillOneAsync(random);

    internal WorkerProcess Worker(int pid) => _workers.Find(pid);

    internal IReadOnlyList<WorkerProcess> Workers => _workers.Alive;

    internal string WorkerLogs => _workers.Logs;

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
        // Patience is with an operation that stands still; how long one takes is a matter of the kills and of the machine.
        using var limit = new CancellationTokenSource(Patience);
        Operation? last = null;
        try
        {
            await foreach (var operation in Portal.GetRequiredService<OperationFollower>().FollowAsync(owner, operationId, limit.Token))
            {
                last = operation;
                limit.CancelAfter(Patience);
            }
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

    /// <summary>The real command: nothing leaked, nothing lost.</summary>
    public async Task AssertFsckCleanAsync(string after)
    {
        var fsck = await ProgramAsync("fsck");
        Assert.True(fsck.ExitCode == 0, $"After {after}: {fsck.Output}{fsck.Error}\n{WorkerLogs}");
    }

    /// <summary>After PostgreSQL was away: the test's own lines to it are dead.</summary>
    internal void ForgetConnections()
    {
        NpgsqlConnection.ClearAllPools();
        Portal.GetRequiredService<NpgsqlDataSource>().Clear();
    }

    /// <summary>A command of the program, on this host.</summary>
    internal Task<ShellResult> ProgramAsync(params string[] arguments) =>
        Shell.RunAsync("dotnet", [PortalFixture.Program, .. arguments], _environment);

    public virtual async Task DisposeAsync()
    {
        await _workers.DisposeAsync();
        if (Real)
            (await ProgramAsync("purge")).Ok();
        if (_portal is not null)
            await _portal.StopAsync();
        _portal?.Dispose();
        if (_guests is not null)
            await _guests.DisposeAsync();
        await Nginx.DisposeAsync();
        await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<WebHosterDb> DbAsync() => Portal.GetRequiredService<IDbContextFactory<WebHosterDb>>().CreateDbContextAsync();
}
