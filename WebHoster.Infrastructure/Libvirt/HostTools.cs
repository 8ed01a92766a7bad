using System.Globalization;
using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>The small programs around a machine: ownership of its files, its neighbour entry.</summary>
public sealed class HostTools(CommandRunner runner)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public Task ChownAsync(string file, int uid, CancellationToken ct) =>
        runner.RunAsync(new Command("chown", ["--no-dereference", $"{uid}:{uid}", file], Timeout), ct);

    /// <summary>Numeric owner and octal mode of each of these files that is there.</summary>
    public async Task<IReadOnlyDictionary<string, (int Uid, string Mode)>> OwnersAsync(IReadOnlyList<string> files, CancellationToken ct)
    {
        const int AtOnce = 500;
        var owners = new Dictionary<string, (int, string)>();
        foreach (var some in files.Chunk(AtOnce))
        {
            // Its exit code also tells that a file has gone meanwhile; the others are listed all the same.
            var result = await runner.TryAsync(new Command("stat", ["--format=%u %a %n", "--", .. some], Timeout), ct);
            foreach (var line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Split(' ', 3) is [var uid, var mode, var name])
                    owners[name] = (int.Parse(uid, CultureInfo.InvariantCulture), mode);
            }
        }
        return owners;
    }

    /// <summary>
    /// The group that may pass through libvirt's own folder (libvirt-qemu on Debian, kvm on Ubuntu): QEMU runs under a uid
    /// of its own, but finds its sockets and keys there.
    /// </summary>
    public async Task<int> LibvirtGroupAsync(CancellationToken ct) => int.Parse(await runner.RunAsync(
        new Command("stat", ["--format=%g", "/var/lib/libvirt/qemu"], Timeout), ct), CultureInfo.InvariantCulture);

    /// <summary>Waits for whatever tool still works on the machine, then removes the whole folder.</summary>
    public Task RemoveTreeAsync(string folder, string lockFile, CancellationToken ct) =>
        runner.RunAsync(new Command("rm", ["-rf", "--one-file-system", "--", folder], Timeout, lockFile), ct);

    /// <summary>libvirt keeps a log file for every domain that ever was.</summary>
    public static void DeleteLogs(string domain)
    {
        const string Folder = "/var/log/libvirt/qemu";
        if (Directory.Exists(Folder))
        {
            foreach (var file in Directory.GetFiles(Folder, $"{domain}.log*"))
                File.Delete(file);
        }
    }

    /// <summary>A permanent entry: asking an address before the guest answers costs a second of ARP failure otherwise.</summary>
    public Task SetNeighbourAsync(string bridge, string address, string mac, CancellationToken ct) =>
        runner.RunAsync(
            new Command("ip", ["neigh", "replace", address, "lladdr", mac, "dev", bridge, "nud", "permanent"], Timeout), ct);

    /// <summary>Also right where there is no such entry.</summary>
    public Task DeleteNeighbourAsync(string bridge, string address, CancellationToken ct) =>
        runner.TryAsync(new Command("ip", ["neigh", "del", address, "dev", bridge], Timeout), ct);
}
