using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>
/// Differences planted by hand on a live install, whose worker is stopped meanwhile so that it mends nothing itself. Each has to
/// be named by fsck, and mended by <c>fsck --repair</c>, or left alone where it is somebody else's.
/// </summary>
internal sealed partial class PlantedDrift(LiveInstall install, Guid machine, string mac, string address)
{
    private const string Uri = "qemu:///system";

    private string Disk => Path.Combine(At(machine.ToString()), "disk.qcow2");

    private string Domain => $"{install.Name}-{machine}";

    public static async Task<PlantedDrift> OnOwnersMachineAsync(LiveInstall install)
    {
        var owner = await (await Customer.OwnerAsync(install)).HostingAsync();
        var machine = owner.GetProperty("vm_id").GetGuid();
        var interfaces = (await Shell.RunAsync("virsh", "-q", "-c", Uri, "domiflist", $"{install.Name}-{machine}")).Ok();
        return new PlantedDrift(install, machine, interfaces.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1], owner.GetProperty("vm_ip").GetString()!);
    }

    public Task EachIsNamedAndMendedAsync() => WhileTheWorkerIsStoppedAsync(async () =>
    {
        await MendedAsync("folder-unowned", () => Task.FromResult(Directory.CreateDirectory(At(Guid.NewGuid().ToString()))));
        await MendedAsync("machine-unowned", () => PlantUnownedMachineAsync(Guid.NewGuid()));
        await MendedAsync("dhcp-missing", () => NetAsync("delete", mac, address));
        await MendedAsync("dhcp-unowned", () => NetAsync("add-last", "52:54:00:00:00:77", address[..address.LastIndexOf('.')] + ".119"));
        await MendedAsync("dhcp-wrong", async () =>
        {
            await NetAsync("delete", mac, address);
            await NetAsync("add-last", mac, address[..address.LastIndexOf('.')] + ".118");
        });
        await MendedAsync("filter-missing", () => RedefineAsync(xml => Regex.Replace(xml, "<filterref.*?</filterref>", "", RegexOptions.Singleline)));
        await MendedAsync("filter-missing", () => RedefineAsync(xml => xml.Replace($"value='{address}'", "value='10.0.0.1'")));
        await MendedAsync("file-owner", async () => (await Shell.RunAsync("chown", "0:0", Disk)).Ok());
        await MendedAsync("file-owner", async () => (await Shell.RunAsync("chmod", "644", Disk)).Ok());
        await MendedAsync("lock-unowned", () => File.WriteAllTextAsync(Path.Combine(install.Data, "run", $"machine-{Guid.NewGuid()}.lock"), ""));
        await MendedAsync("slot-leaked", () => SqlAsync($"insert into slots (number, state, hosting_id) values (77, 'held', '{Guid.NewGuid()}')"));
        await MendedAsync("slot-lost", () => SqlAsync($"update slots set state = 'resting', hosting_id = null where hosting_id = '{machine}'"));
        await MendedAsync("firewall-missing", async () => (await Shell.RunAsync("nft", "delete", "table", "inet", install.Name)).Ok());
        await MendedAsync("firewall-changed", async () => (await Shell.RunAsync("nft", "insert", "rule", "inet", install.Name, "input", "accept")).Ok());
        await MendedAsync("routes-differ", () => File.AppendAllTextAsync(Path.Combine(install.Data, "nginx", "sites", "nginx.conf"), "# changed by hand\n"));
        await MendedAsync("seed-missing", () => Remove(Path.Combine(At(machine.ToString()), "seed.iso")));
        await LeftAloneAsync("file-foreign", () => File.WriteAllTextAsync(At("backup.tar"), ""), () => Remove(At("backup.tar")));
        await LeftAloneAsync("machine-foreign", PlantForeignMachineAsync, () => VirshAsync("undefine", ForeignDomain));
    });

    /// <summary>What cannot be planted under a machine that runs, and what makes one run or stop. Ends with the machine running.</summary>
    public async Task EachOfAStoppedMachineIsNamedAndMendedAsync()
    {
        var owner = await Customer.OwnerAsync(install);
        await owner.SucceedAsync(await owner.AskForAsync("stop"));
        await WhileTheWorkerIsStoppedAsync(async () =>
        {
            await MendedAsync("machine-missing", () => VirshAsync("undefine", Domain));
            await MendedAsync("network-down", () => VirshAsync("net-destroy", $"{install.Name}0"));
            // What --repair cannot mend without loss.
            await LeftAloneAsync("disk-missing", () => Move(Disk, Disk + ".aside"), () => Move(Disk + ".aside", Disk));
            var template = JsonDocument.Parse((await Shell.RunAsync("qemu-img", "info", "--output=json", Disk)).Ok()).RootElement.GetProperty("backing-filename").GetString()!;
            await LeftAloneAsync("disk-damaged", () => RebaseAsync("/nowhere/disk.qcow2"), () => RebaseAsync(template));

            await MendedAsync("machine-running", () => VirshAsync("start", Domain));
            // Mended by a restart that waits for the worker: pending, so no difference any more.
            await MendedAsync("machine-not-running", () => VirshAsync("destroy", Domain));
        });
        await owner.UntilAsync(h => h.GetProperty("status").GetString() == "running", TimeSpan.FromMinutes(5));
        await install.AssertFsckCleanAsync();
    }

    /// <summary>The SSH ports' nginx is not there: fsck can only say so, and <c>up</c> starts it.</summary>
    public async Task AStoppedNginxIsNamedAndUpMendsItAsync()
    {
        if (Directory.Exists("/run/systemd/system"))
            (await Shell.RunAsync("systemctl", "stop", $"{install.Name}-ssh.service")).Ok();
        else
            (await Shell.RunAsync("kill", (await File.ReadAllTextAsync(Path.Combine(install.Data, "run", "ssh.started"))).Split(' ')[0])).Ok();
        for (var watch = Stopwatch.StartNew(); !(await KindsAsync("fsck", "--json")).Contains("port-silent"); await Task.Delay(500))
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "Nobody misses the SSH ports.");
        // A master killed alone leaves workers that hold the sites' port.
        (await Shell.RunAsync("kill", "-KILL", (await File.ReadAllTextAsync(Path.Combine(install.Data, "run", "sites.started"))).Split(' ')[0])).Ok();
        (await install.WebhosterAsync("up", "--detach")).Ok();
        await install.AssertFsckCleanAsync();
    }

    private async Task WhileTheWorkerIsStoppedAsync(Func<Task> plantAsync)
    {
        var worker = (await File.ReadAllTextAsync(Path.Combine(install.Data, "run", "worker.started"))).Split(' ')[0];
        (await Shell.RunAsync("kill", "-STOP", worker)).Ok();
        try
        {
            await plantAsync();
        }
        finally
        {
            await Shell.RunAsync("kill", "-CONT", worker);
        }
    }

    /// <summary>With the worker running: what carries this install's mark and has no owner goes, a stranger's domain of such a name stays.</summary>
    public async Task TheSweeperTakesOnlyWhatIsOursAsync()
    {
        var stray = Guid.NewGuid();
        await PlantForeignMachineAsync();
        await PlantUnownedMachineAsync(stray);
        Directory.CreateDirectory(At(stray.ToString()));
        for (var watch = Stopwatch.StartNew(); Directory.Exists(At(stray.ToString())) || await IsDefinedAsync($"{install.Name}-{stray}"); await Task.Delay(500))
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "The sweeper did not sweep.");
        Assert.True(await IsDefinedAsync(ForeignDomain));
        await VirshAsync("undefine", ForeignDomain);
        await install.AssertFsckCleanAsync();
    }

    private static async Task<bool> IsDefinedAsync(string domain) =>
        (await Shell.RunAsync("virsh", "-q", "-c", Uri, "domstate", domain)).ExitCode == 0;

    private string ForeignDomain { get; } = $"{install.Name}-{Guid.NewGuid()}";

    private async Task MendedAsync(string kind, Func<Task> plant)
    {
        await plant();
        var (code, named) = await RepairAsync();
        Assert.Equal((0, $"{kind}: mended"), (code, Assert.Single(named)));
    }

    private async Task LeftAloneAsync(string kind, Func<Task> plant, Func<Task> remove)
    {
        await plant();
        var (code, named) = await RepairAsync();
        Assert.Equal((1, $"{kind}: left for you to decide"), (code, Assert.Single(named)));
        await remove();
    }

    /// <summary>What <c>fsck --repair</c> found and what it did about each; 0 where nothing differs any more.</summary>
    private async Task<(int ExitCode, string[] Named)> RepairAsync()
    {
        var answer = await install.WebhosterAsync("fsck", "--repair");
        return (answer.ExitCode,
        [
            .. answer.Output.Split('\n').Select(l => Repaired().Match(l)).Where(m => m.Success).Select(m => $"{m.Groups[1].Value}: {m.Groups[2].Value}"),
        ]);
    }

    [GeneratedRegex(@"\A([a-z-]+)  .*: (mended|left for you to decide|not mended: .*)\z")]
    private static partial Regex Repaired();

    private async Task<IEnumerable<string>> KindsAsync(params string[] command)
    {
        var answer = await install.WebhosterAsync(command);
        var report = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal(report.GetProperty("clean").GetBoolean() ? 0 : 1, answer.ExitCode);
        return [.. report.GetProperty("differences").EnumerateArray().Select(d => d.GetProperty("kind").GetString()!)];
    }

    private async Task PlantUnownedMachineAsync(Guid stray)
    {
        var xml = (await Shell.RunAsync("virsh", "-c", Uri, "dumpxml", "--inactive", Domain)).Ok().Replace(machine.ToString(), stray.ToString());
        await DefineAsync(xml);
    }

    private async Task RedefineAsync(Func<string, string> change)
    {
        var xml = (await Shell.RunAsync("virsh", "-c", Uri, "dumpxml", "--inactive", Domain)).Ok();
        Assert.NotEqual(xml, change(xml));
        await DefineAsync(change(xml));
    }

    /// <summary>Only the name of the template is changed, nothing in the disk.</summary>
    private async Task RebaseAsync(string template) =>
        (await Shell.RunAsync("qemu-img", "rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b", template, Disk)).Ok();

    private static Task Move(string from, string to)
    {
        File.Move(from, to);
        return Task.CompletedTask;
    }

    private Task PlantForeignMachineAsync() => DefineAsync(
        $"<domain type='qemu'><name>{ForeignDomain}</name><memory>65536</memory><os><type>hvm</type></os></domain>");

    private static async Task DefineAsync(string xml)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, xml);
        await VirshAsync("define", file);
        File.Delete(file);
    }

    private Task NetAsync(string change, string hostMac, string hostAddress) => VirshAsync(
        "net-update", $"{install.Name}0", change, "ip-dhcp-host", $"<host mac='{hostMac}' ip='{hostAddress}'/>", "--live", "--config");

    private async Task SqlAsync(string sql) => (await Shell.RunAsync(
        "psql", "-q", "-h", Path.Combine(install.Data, "run", "postgres"), "-U", "webhoster", "webhoster", "-c", sql)).Ok();

    private static async Task VirshAsync(params string[] arguments) => (await Shell.RunAsync("virsh", ["-q", "-c", Uri, .. arguments])).Ok();

    private static Task Remove(string file)
    {
        File.Delete(file);
        return Task.CompletedTask;
    }

    private string At(string name) => Path.Combine(install.Data, "machines", name);
}
