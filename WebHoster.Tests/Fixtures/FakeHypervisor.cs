using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using WebHoster.Core.Errors;
using WebHoster.Core.Metrics;
using WebHoster.Core.Ports;

namespace WebHoster.Tests.Fixtures;

/// <summary>
/// Machines in memory, for the engine's rules. It obeys the real one's contract (<c>Libvirt/HypervisorContract.cs</c>), and
/// keeps what a host keeps, so that leftovers are seen.
/// </summary>
internal sealed class FakeHypervisor : IHypervisor
{
    private readonly Lock _host = new();
    private readonly ConcurrentDictionary<Guid, Machine> _domains = new();
    private readonly ConcurrentDictionary<Guid, string> _strangers = new();
    private readonly ConcurrentDictionary<Guid, (MachineSpec Spec, string Page)> _guests = new();
    private readonly ConcurrentDictionary<Guid, int> _disks = new();
    private readonly ConcurrentDictionary<Guid, GuestSeed> _seeds = new();
    private readonly ConcurrentDictionary<Guid, string> _keys = new();
    /// <summary>With whether it has a host key.</summary>
    private readonly ConcurrentDictionary<Guid, bool> _folders = new();
    private readonly Bell _changed = new();

    /// <summary>Called with the method's name before it acts: may throw, or wait.</summary>
    public Func<string, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>False for guests whose network never comes up.</summary>
    public bool GuestsAnswer { get; set; } = true;

    /// <summary>False for guests that run, but take no commands from their host.</summary>
    public bool AgentsAnswer { get; set; } = true;

    /// <summary>What the machines have used, instead of what those that run are made up to use.</summary>
    public IReadOnlyList<MachineReading>? Figures { get; set; }

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>What has really changed on this host: "disk", "seed", "define", "start", "keys", "stop", "undefine" and "erase".</summary>
    public ConcurrentQueue<(Guid Machine, string What)> Effects { get; } = new();

    /// <summary>Everything that is left on this host.</summary>
    public IEnumerable<string> Leftovers =>
    [
        .. _domains.Keys.Select(id => $"domain {id}"), .. _disks.Keys.Select(id => $"disk {id}"),
        .. _seeds.Keys.Select(id => $"seed {id}"), .. _folders.Keys.Select(id => $"folder {id}"),
    ];

    /// <summary>In their order.</summary>
    public IEnumerable<string> EffectsOn(Guid id) => [.. Effects.Where(e => e.Machine == id).Select(e => e.What)];

    /// <summary>The lines of keys that this machine's disk has; empty where it never booted.</summary>
    public IReadOnlyList<string> KeysIn(Guid id) => _keys.GetValueOrDefault(id, "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public MachineSpec? SpecAt(IPAddress address) => _guests.Values.Select(g => g.Spec).FirstOrDefault(s => s.Address.Equals(address));

    public void Set(Guid id, MachineState state)
    {
        lock (_host)
            _domains[id] = _domains[id] with { State = state };
        _changed.Ring();
    }

    /// <summary>A domain of our kind of name without our metadata.</summary>
    public void AddStranger(Guid id) => _strangers[id] = "a stranger's";

    public bool HasStranger(Guid id) => _strangers.ContainsKey(id);

    public async Task<Machine?> FindAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(id, ct);
        return _domains.GetValueOrDefault(id);
    }

    public async Task<IReadOnlyList<MachineSighting>> ListAsync(CancellationToken ct)
    {
        await EnterAsync(null, ct);
        return [.. _domains.Values.Select(m => new MachineSighting(m.Id, m.State)), .. _strangers.Keys.Select(id => new MachineSighting(id, MachineState.Off))];
    }

    public async Task<IReadOnlyList<MachineReading>> ReadFiguresAsync(CancellationToken ct)
    {
        await EnterAsync(null, ct);
        return Figures ?? [.. _domains.Values.Where(m => m.State == MachineState.Running).Select(FiguresOf)];
    }

    /// <summary>A machine that is busy a quarter of its time, and reads, writes, gets and sends a kilobyte a millisecond.</summary>
    private static MachineReading FiguresOf(Machine machine)
    {
        var (time, bytes) = (TimeSpan.FromMilliseconds(Environment.TickCount64 / 4), Environment.TickCount64 << 10);
        return new MachineReading(machine.Id, time, 1, bytes, bytes, bytes, bytes, 300 << 20, new GuestMemory(200 << 20, 960 << 20));
    }

    public IAsyncEnumerable<bool> WatchAsync(CancellationToken ct) => _changed.ListenAsync(ct);

    public async Task<bool> HasDiskAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(null, ct);
        return _disks.ContainsKey(spec.Id);
    }

    public async Task CreateDiskAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(null, ct);
        _folders.TryAdd(spec.Id, false);
        _disks[spec.Id] = spec.Generation;
        _keys.TryRemove(spec.Id, out _);
        Effects.Enqueue((spec.Id, "disk"));
    }

    public async Task<bool> HasSeedAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct)
    {
        await EnterAsync(null, ct);
        return _seeds.GetValueOrDefault(spec.Id) == seed;
    }

    public async Task WriteSeedAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct)
    {
        await EnterAsync(null, ct);
        _folders[spec.Id] = true;
        _seeds[spec.Id] = seed;
        Effects.Enqueue((spec.Id, "seed"));
    }

    public async Task<string?> ReadHostKeyAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(null, ct);
        return _folders.GetValueOrDefault(id) ? TestKeys.HostKey : null;
    }

    public async Task DefineAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(spec.Id, ct);
        lock (_host)
            Define(spec);
    }

    public async Task StartAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(spec.Id, ct);
        lock (_host)
        {
            Define(spec);
            if (_domains[spec.Id].State == MachineState.Running)
                return;
            if (!_seeds.TryGetValue(spec.Id, out var seed))
                throw new HostException("virsh failed (exit code 1). Cannot access storage file.");
            _domains[spec.Id] = new Machine(spec.Id, spec.Generation, MachineState.Running);
            _guests[spec.Id] = (spec, seed.WelcomePage);
            // A seed is read at the first boot of a disk, and never again.
            _keys.TryAdd(spec.Id, seed.AuthorizedKeys);
            Effects.Enqueue((spec.Id, "start"));
        }
        _changed.Ring();
    }

    public async Task ShutDownAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(id, ct);
        Stop(id, MachineState.ShutDown);
    }

    public async Task DestroyAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(id, ct);
        Stop(id, MachineState.Off);
    }

    public Task RemoveAsync(MachineSpec spec, CancellationToken ct) => RemoveUnownedAsync(spec.Id, nameof(RemoveAsync), ct);

    public Task RemoveUnownedAsync(Guid id, CancellationToken ct) => RemoveUnownedAsync(id, nameof(RemoveUnownedAsync), ct);

    public async Task<bool> HasFilesAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(null, ct);
        return _folders.ContainsKey(id);
    }

    public async Task EraseFilesAsync(Guid id, bool everything, CancellationToken ct)
    {
        await EnterAsync(null, ct);
        _keys.TryRemove(id, out _);
        if (_disks.TryRemove(id, out _) | _seeds.TryRemove(id, out _) | (everything && _folders.TryRemove(id, out _)))
            Effects.Enqueue((id, "erase"));
    }

    public async Task<GuestAnswer> AskGuestAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(null, ct);
        var answers = GuestsAnswer && _domains.GetValueOrDefault(spec.Id)?.State == MachineState.Running;
        return new GuestAnswer(answers, answers ? _guests.GetValueOrDefault(spec.Id).Page ?? "" : "", answers);
    }

    public async Task SetKeysAsync(Guid id, GuestSeed seed, CancellationToken ct)
    {
        await EnterAsync(id, ct);
        lock (_host)
        {
            if (_domains.GetValueOrDefault(id) is not { State: MachineState.Running })
                throw new HostException("The machine does not run.");
            if (!AgentsAnswer)
                throw new HostException("The machine's guest agent does not answer.");
            _keys[id] = seed.AuthorizedKeys;
            Effects.Enqueue((id, "keys"));
        }
    }

    public Task<string> ReadConsoleTailAsync(Guid id, int lines, CancellationToken ct) =>
        Task.FromResult(_guests.ContainsKey(id) ? "Kernel panic" : "");

    private void Define(MachineSpec spec)
    {
        if (_domains.GetValueOrDefault(spec.Id) is { } known && known.Generation == spec.Generation)
            return;
        if (!_disks.ContainsKey(spec.Id))
            throw new HostException("The machine's disk is missing or damaged.");
        _domains[spec.Id] = new Machine(spec.Id, spec.Generation, _domains.GetValueOrDefault(spec.Id)?.State ?? MachineState.Off);
        Effects.Enqueue((spec.Id, "define"));
    }

    private void Stop(Guid id, MachineState state)
    {
        lock (_host)
        {
            if (_domains.GetValueOrDefault(id) is not { State: MachineState.Running or MachineState.Paused } machine)
                return;
            _domains[id] = machine with { State = state };
            Effects.Enqueue((id, "stop"));
        }
        _changed.Ring();
    }

    private async Task RemoveUnownedAsync(Guid id, string call, CancellationToken ct)
    {
        await EnterAsync(id, ct, call);
        Stop(id, MachineState.Off);
        if (_domains.TryRemove(id, out _))
            Effects.Enqueue((id, "undefine"));
        _guests.TryRemove(id, out _);
    }

    /// <param name="domain">The domain that is looked at or changed: refused where it is a stranger's.</param>
    private async Task EnterAsync(Guid? domain, CancellationToken ct, [CallerMemberName] string call = "")
    {
        await Before(call, ct);
        Calls.Enqueue(call);
        if (domain is { } id && _strangers.ContainsKey(id))
            throw new HostException($"The domain {id} is not this install's; it is left alone.", "");
    }
}
