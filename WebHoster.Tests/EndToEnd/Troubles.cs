using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>Until disposed, new machines get a kernel that QEMU may not read.</summary>
internal sealed class UnbootableTemplate : IDisposable
{
    private readonly string _current;
    private readonly string _good;
    private readonly string _broken;

    public UnbootableTemplate(string images)
    {
        _current = Path.Combine(images, "current");
        _good = new FileInfo(_current).LinkTarget!;
        _broken = Path.Combine(images, "unbootable");
        Directory.CreateDirectory(_broken);
        foreach (var file in Directory.GetFiles(Path.Combine(images, _good)))
        {
            var copy = Path.Combine(_broken, Path.GetFileName(file));
            if (copy.EndsWith(".qcow2", StringComparison.Ordinal))
                File.CreateSymbolicLink(copy, file);
            else
                File.Copy(file, copy);
        }
        File.SetUnixFileMode(Path.Combine(_broken, "vmlinuz"), UnixFileMode.None);
        Point("unbootable");
    }

    public void Dispose()
    {
        Point(_good);
        Directory.Delete(_broken, recursive: true);
    }

    private void Point(string target)
    {
        File.Delete(_current);
        File.CreateSymbolicLink(_current, target);
    }
}

/// <summary>Until disposed, the network cable of every machine that appears is pulled at once.</summary>
internal sealed class UnpluggedGuests : IAsyncDisposable
{
    private readonly CancellationTokenSource _done = new();
    private readonly Task _pulling;

    public UnpluggedGuests(LiveInstall install) => _pulling = PullAsync(install.Name);

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _pulling;
    }

    private async Task PullAsync(string name)
    {
        var spared = await RunningAsync(name);
        while (!_done.IsCancellationRequested)
        {
            foreach (var domain in (await RunningAsync(name)).Except(spared))
            {
                var mac = (await Virsh("domiflist", domain)).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).LastOrDefault(w => w.Contains(':'));
                if (mac is not null)
                    await Virsh("domif-setlink", domain, mac, "down");
            }
            await Task.Delay(200, _done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<string[]> RunningAsync(string name) =>
        [.. (await Virsh("list", "--name")).Output.Split('\n').Where(d => d.StartsWith($"{name}-", StringComparison.Ordinal))];

    private static Task<ShellResult> Virsh(params string[] arguments) => Shell.RunAsync("virsh", ["-q", "-c", "qemu:///system", .. arguments]);
}

/// <summary>Until disposed, a folder is on a filesystem that is full.</summary>
internal sealed class FullDisk : IAsyncDisposable
{
    private readonly string _folder;

    private FullDisk(string folder) => _folder = folder;

    public static async Task<FullDisk> MountAsync(string folder)
    {
        (await Shell.RunAsync("mount", "-t", "tmpfs", "-o", "size=16k,mode=711", "none", folder)).Ok();
        return new FullDisk(folder);
    }

    public async ValueTask DisposeAsync() => (await Shell.RunAsync("umount", _folder)).Ok();
}

/// <summary>All that a power cut ends: every process of the install and its guests, the network, the firewall. What is on disk stays as it is.</summary>
internal static class PowerCut
{
    public static async Task OfAsync(LiveInstall install)
    {
        // Each service leads a session of its own; nginx's workers do not name their directory. A killed guest of a gigabyte takes a moment to go.
        string[] processes = ["-f", $"{install.Data}/|guest={install.Name}-"];
        while (await Shell.RunAsync("pgrep", processes) is { ExitCode: 0 } found)
        {
            var leaders = found.Output.Trim().Split('\n');
            await Shell.RunAsync("pkill", "-KILL", "-s", string.Join(',', leaders));
            await Shell.RunAsync("kill", ["-KILL", .. leaders], new Dictionary<string, string>());
            await Shell.RunAsync("pidwait", processes);
        }
        (await Shell.RunAsync("virsh", "-q", "-c", "qemu:///system", "net-destroy", $"{install.Name}0")).Ok();
        (await Shell.RunAsync("nft", "delete", "table", "inet", install.Name)).Ok();
    }
}
