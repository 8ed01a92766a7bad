using System.Net;
using WebHoster.Core.Metrics;

namespace WebHoster.Core.Ports;

public enum MachineState
{
    Running,

    /// <summary>Suspended, or halted by the hypervisor because its disk could not be written.</summary>
    Paused,

    /// <summary>Off because the guest shut itself down, asked to or not.</summary>
    ShutDown,

    /// <summary>Off without having been shut down: never started, destroyed, crashed, or the host was restarted.</summary>
    Off,
}

/// <summary>A domain that carries this install's metadata.</summary>
public sealed record Machine(Guid Id, int Generation, MachineState State);

/// <summary>A domain that has this install's kind of name, seen in a list.</summary>
public sealed record MachineSighting(Guid Id, MachineState State);

/// <summary>Everything a machine is made from; derived from its hosting and slot, never remembered elsewhere.</summary>
/// <param name="Id">The domain's UUID.</param>
/// <param name="Slug">The domain's title and the guest's hostname.</param>
/// <param name="MemoryMb">MiB.</param>
/// <param name="DiskGb">GiB.</param>
/// <param name="Uid">The host uid under which QEMU runs.</param>
public sealed record MachineSpec(
    Guid Id, int Generation, string Slug, int MemoryMb, int Vcpus, int DiskGb, IPAddress Address, string Mac, int Uid);

/// <summary>What the guest needs to become a customer's own at its first boot.</summary>
/// <param name="User">Login name.</param>
/// <param name="AuthorizedKeys">OpenSSH public keys, one a line.</param>
/// <param name="WelcomePage">HTML of the first page; carries the marker that proves whose page it is.</param>
public sealed record GuestSeed(string User, string AuthorizedKeys, string WelcomePage);

/// <summary>Whether the guest answers on its own address.</summary>
/// <param name="Http">Any HTTP response came from its web server.</param>
/// <param name="Body">The first 64 KiB of the page at <c>/</c>.</param>
/// <param name="Ssh">An SSH banner came from its SSH server.</param>
public sealed record GuestAnswer(bool Http, string Body, bool Ssh);

/// <summary>
/// The host's machines, disks and seeds. Every call is idempotent and looks before it acts, so that a call that was cut
/// off can simply be made again. Errors are <see cref="Errors.HostException"/>.
/// </summary>
public interface IHypervisor
{
    /// <summary>Null where there is no such domain. A domain of that name with foreign metadata is an error.</summary>
    Task<Machine?> FindAsync(Guid id, CancellationToken ct);

    /// <summary>All domains named like this install's, running or not: one call, so the metadata is not asked.</summary>
    Task<IReadOnlyList<MachineSighting>> ListAsync(CancellationToken ct);

    /// <summary>The figures of every running machine named like this install's: one call, however many there are. One that does not answer at once is left out.</summary>
    Task<IReadOnlyList<MachineReading>> ReadFiguresAsync(CancellationToken ct);

    /// <summary>
    /// Yields whenever some machine of this install has started, stopped or crashed, and once at first. May end at any time;
    /// what happened between two calls is seen only by listing.
    /// </summary>
    IAsyncEnumerable<bool> WatchAsync(CancellationToken ct);

    Task<bool> HasDiskAsync(MachineSpec spec, CancellationToken ct);

    /// <summary>A qcow2 overlay on the current template, owned by the machine's uid.</summary>
    Task CreateDiskAsync(MachineSpec spec, CancellationToken ct);

    Task<bool> HasSeedAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct);

    Task WriteSeedAsync(MachineSpec spec, GuestSeed seed, CancellationToken ct);

    /// <summary>
    /// The machine's SSH identity as an OpenSSH public key, without a comment: made with its first seed, kept by a rebuild. Null before.
    /// </summary>
    Task<string?> ReadHostKeyAsync(Guid id, CancellationToken ct);

    /// <summary>Defines the domain when it is missing or of an older generation.</summary>
    Task DefineAsync(MachineSpec spec, CancellationToken ct);

    /// <summary>Defines the domain as above, and starts it when it does not run.</summary>
    Task StartAsync(MachineSpec spec, CancellationToken ct);

    /// <summary>Presses the power button (ACPI); returns at once.</summary>
    Task ShutDownAsync(Guid id, CancellationToken ct);

    /// <summary>Pulls the plug; returns when the domain no longer runs.</summary>
    Task DestroyAsync(Guid id, CancellationToken ct);

    /// <summary>Destroys, undefines and forgets the address; returns when libvirt says the domain is gone.</summary>
    Task RemoveAsync(MachineSpec spec, CancellationToken ct);

    /// <summary>Destroys and undefines a domain of this install whose hosting is unknown; a stranger's is refused.</summary>
    Task RemoveUnownedAsync(Guid id, CancellationToken ct);

    /// <summary>True where any file of the machine is left.</summary>
    Task<bool> HasFilesAsync(Guid id, CancellationToken ct);

    /// <summary>Removes disk and seed; with <paramref name="everything"/> host keys, logs and the folder too.</summary>
    Task EraseFilesAsync(Guid id, bool everything, CancellationToken ct);

    /// <summary>Asks the allocated address only: no redirects, size and time capped.</summary>
    Task<GuestAnswer> AskGuestAsync(MachineSpec spec, CancellationToken ct);

    /// <summary>
    /// Puts the seed's keys into the running guest, in place of those that WebHoster put there before; what the customer wrote into
    /// <c>~/.ssh/authorized_keys</c> stays. A guest that does not run, or takes no commands, is an error.
    /// </summary>
    Task SetKeysAsync(Guid id, GuestSeed seed, CancellationToken ct);

    /// <summary>The last lines of the guest's serial console; empty where there are none.</summary>
    Task<string> ReadConsoleTailAsync(Guid id, int lines, CancellationToken ct);
}
