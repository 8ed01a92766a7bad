using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;

namespace WebHoster.Tests.Fixtures;

/// <summary>Machines in memory, for the engine's rules. It keeps what a host keeps, so that leftovers are seen.</summary>
internal sealed class FakeHypervisor : IHypervisor
{
    private readonly SemaphoreSlim _changed = new(0);
    private readonly ConcurrentDictionary<Guid, Machine> _domains = new();
    private readonly ConcurrentDictionary<Guid, MachineSpec> _specs = new();
    private readonly ConcurrentDictionary<Guid, int> _disks = new();
    private readonly ConcurrentDictionary<Guid, GuestSeed> _seeds = new();

    /// <summary>Called with the method's name before it acts: may throw, or wait.</summary>
    public Func<string, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>False for guests whose network never comes up.</summary>
    public bool GuestsAnswer { get; set; } = true;

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Everything that is left on this host.</summary>
    public IEnumerable<string> Leftovers =>
        [.. _domains.Keys.Select(id => $"domain {id}"), .. _disks.Keys.Select(id => $"disk {id}"), .. _seeds.Keys.Select(id => $"seed {id}")];

    public MachineSpec? SpecAt(System.Net.IPAddress address) => _specs.Values.FirstOrDefault(s => s.Address.Equals(address));

    public void Set(Guid id, MachineState state)
    {
        _domains[id] = _domains[id] with { State = state };
        _changed.Release();
    }

    public async Task<Machine?> FindAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(nameof(FindAsync), ct);
        return _domains.GetValueOrDefault(id);
    }

    public async Task<IReadOnlyList<MachineSighting>> ListAsync(CancellationToken ct)
    {
        await EnterAsync(nameof(ListAsync), ct);
        return [.. _domains.Values.Select(m => new MachineSighting(m.Id, m.State))];
    }

    public async IAsyncEnumerable<bool> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        yield return true;
        while (true)
        {
            await _changed.WaitAsync(ct);
            yield return true;
        }
    }

    public async Task<bool> HasDiskAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(nameof(HasDiskAsync), ct);
        return _disks.ContainsKey(spec.Id);
    }

    public async Task CreateDiskAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(nameof(CreateDiskAsync), ct);
        _disks[spec.Id] = spec.Generation;
    }

    public async Task<bool> HasSeedAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct)
    {
        await EnterAsync(nameof(HasSeedAsync), ct);
        return _seeds.GetValueOrDefault(spec.Id) == seed;
    }

    public async Task WriteSeedAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct)
    {
        await EnterAsync(nameof(WriteSeedAsync), ct);
        _seeds[spec.Id] = seed;
    }

    public async Task DefineAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(nameof(DefineAsync), ct);
        _domains.TryAdd(spec.Id, new Machine(spec.Id, spec.Generation, MachineState.Off));
    }

    public async Task RemoveUnownedAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(nameof(RemoveUnownedAsync), ct);
        _domains.TryRemove(id, out _);
    }

    public async Task StartAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(nameof(StartAsync), ct);
        _domains[spec.Id] = new Machine(spec.Id, spec.Generation, MachineState.Running);
        _specs[spec.Id] = spec;
    }

    public async Task ShutDownAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(nameof(ShutDownAsync), ct);
        Set(id, MachineState.ShutDown);
    }

    public async Task DestroyAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(nameof(DestroyAsync), ct);
        Set(id, MachineState.Off);
    }

    public async Task RemoveAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(nameof(RemoveAsync), ct);
        _domains.TryRemove(spec.Id, out _);
        _specs.TryRemove(spec.Id, out _);
    }

    public async Task<bool> HasFilesAsync(Guid id, CancellationToken ct)
    {
        await EnterAsync(nameof(HasFilesAsync), ct);
        return _disks.ContainsKey(id) || _seeds.ContainsKey(id);
    }

    public async Task EraseFilesAsync(Guid id, bool everything, CancellationToken ct)
    {
        await EnterAsync(nameof(EraseFilesAsync), ct);
        _disks.TryRemove(id, out _);
        _seeds.TryRemove(id, out _);
    }

    public async Task<GuestAnswer> AskGuestAsync(MachineSpec spec, CancellationToken ct)
    {
        await EnterAsync(nameof(AskGuestAsync), ct);
        var answers = GuestsAnswer && _domains.GetValueOrDefault(spec.Id)?.State == MachineState.Running;
        return new GuestAnswer(answers, answers ? WelcomePage.Marker(spec) : "", answers);
    }

    public Task<string> ReadConsoleTailAsync(Guid id, int lines, CancellationToken ct) => Task.FromResult("Kernel panic");

    private async Task EnterAsync(string call, CancellationToken ct)
    {
        await Before(call, ct);
        Calls.Enqueue(call);
    }
}
