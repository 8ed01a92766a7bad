using System.Diagnostics;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>
/// Differences planted by hand on a live install, whose worker is stopped meanwhile so that it mends nothing itself. Each has to
/// be named by fsck, and mended by <c>fsck --repair</c>, or left alone where it is somebody else's.
/// </summary>
internal sealed class PlantedDrift(LiveInstall install, Guid machine, string mac, string address)
{
    private const string Uri = "qemu:///system";

    private string Domain => $"{install.Name}-{machine}";

    public static async Task<PlantedDrift> OnOwnersMachineAsync(LiveInstall install)
    {
        var owner = await (await Customer.OwnerAsync(install)).HostingAsync();
        var machine = owner.GetProperty("vm_id").GetGuid();
        var interfaces = (await Shell.RunAsync("virsh", "-q", "-c", Uri, "domiflist", $"{install.Name}-{machine}")).Ok();
        return new PlantedDrift(install, machine, interfaces.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1], owner.GetProperty("vm_ip").GetString()!);
    }

    public async Task EachIsNamedAndMendedAsync()
    {
        var worker = (await File.ReadAllTextAsync(Path.Combine(install.Data, "run", "worker.started"))).Split(' ')[0];
        (await Shell.RunAsync("kill", "-STOP", worker)).Ok();
        try
        {
            await MendedAsync("folder-unowned", () => Task.FromResult(Directory.CreateDirectory(At(Guid.NewGuid().ToString()))));
            await MendedAsync("machine-unowned", () => PlantUnownedMachineAsync(Guid.NewGuid()));
            await MendedAsync("dhcp-missing", () => NetAsync("delete", mac, address));
            await MendedAsync("dhcp-unowned", () => NetAsync("add-last", "52:54:00:00:00:77", address[..address.LastIndexOf('.')] + ".119"));
            await MendedAsync("slot-leaked", () => SqlAsync($"insert into slots (number, state, hosting_id) values (77, 'held', '{Guid.NewGuid()}')"));
            await MendedAsync("slot-lost", () => SqlAsync($"update slots set state = 'resting', hosting_id = null where hosting_id = '{machine}'"));
            await MendedAsync("firewall-missing", async () => (await Shell.RunAsync("nft", "delete", "table", "inet", install.Name)).Ok());
            await MendedAsync("routes-differ", () => File.AppendAllTextAsync(Path.Combine(install.Data, "nginx", "sites", "nginx.conf"), "# changed by hand\n"));
            await MendedAsync("seed-missing", () => Remove(Path.Combine(At(machine.ToString()), "seed.iso")));
            await LeftAloneAsync("file-foreign", () => File.WriteAllTextAsync(At("backup.tar"), ""), () => Remove(At("backup.tar")));
            await LeftAloneAsync("machine-foreign", PlantForeignMachineAsync, () => VirshAsync("undefine", ForeignDomain));
        }
        finally
        {
            await Shell.RunAsync("kill", "-CONT", worker);
        }
        await install.AssertFsckCleanAsync();
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
        await install.AssertFsckCleanAsync();
        await plant();
        Assert.Equal([kind], await KindsAsync("fsck", "--json"));
        Assert.Empty(await KindsAsync("fsck", "--json", "--repair"));
    }

    private async Task LeftAloneAsync(string kind, Func<Task> plant, Func<Task> remove)
    {
        await plant();
        Assert.Equal([kind], await KindsAsync("fsck", "--json", "--repair"));
        Assert.Equal([kind], await KindsAsync("fsck", "--json"));
        await remove();
    }

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
