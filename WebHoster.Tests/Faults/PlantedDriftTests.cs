using System.Text.Json;
using System.Text.RegularExpressions;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>Differences planted by hand where no real machine is needed to see them: the real fsck names each, and mends it or says that it cannot.</summary>
[Trait("Category", "Faults")]
public sealed partial class PlantedDriftTests(FaultHost host) : IClassFixture<FaultHost>
{
    [Fact]
    public async Task EachDifferenceIsNamedAndMendedOrLeftWithAWord()
    {
        var owner = await host.AddUserAsync();
        EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Create));
        EngineHost.AssertSucceeded(await host.DoAsync(owner, OperationKind.Stop));
        // It would mend some of them before they are looked at.
        await host.StopWorkersAsync();
        var machine = (await host.FindAsync(owner))!.MachineId;
        var folder = Path.Combine(host.Data, "machines", machine.ToString());
        var (disk, seed) = (Path.Combine(folder, "disk.qcow2"), Path.Combine(folder, "seed.iso"));
        var domain = Assert.Single(host.Tools.Domains);
        var network = Assert.Single(Directory.GetFiles(host.Tools.At("nets"), "*.xml"));
        await host.AssertFsckCleanAsync("a stop");

        await MendedAsync("filter-missing", () => Edit(domain, t => Filter().Replace(t, "")));
        await MendedAsync("filter-missing", () => Edit(domain, t => t.Replace("isolated=\"yes\"", "isolated=\"no\"")));
        await MendedAsync("dhcp-wrong", () => Edit(network, t => Address().Replace(t, m => m.Value.Contains("00:00:00") ? m.Value : $"{m.Groups[1].Value}'127.0.0.9'")));
        await MendedAsync("dhcp-unowned", () => Edit(network, t => t.Replace("</dhcp>", "<host mac='52:54:00:00:00:77' ip='127.0.0.9'/>\n</dhcp>")));
        await MendedAsync("firewall-changed", () => Edit(host.Tools.At("firewall"), t => t.Replace(" drop\n", " accept\n")));
        await MendedAsync("firewall-missing", () => File.Delete(host.Tools.At("firewall")));
        await MendedAsync("network-down", () => Array.ForEach(Directory.GetFiles(host.Tools.At("nets"), "*.active"), File.Delete));
        await MendedAsync("file-owner", () => File.SetUnixFileMode(seed, (UnixFileMode)0b110_100_100));
        await MendedAsync("seed-missing", () => File.Delete(seed));
        await MendedAsync("lock-unowned", () => File.WriteAllText(Path.Combine(host.Data, "run", $"machine-{Guid.NewGuid()}.lock"), ""));
        await MendedAsync("folder-unowned", () => Directory.CreateDirectory(Path.Combine(host.Data, "machines", Guid.NewGuid().ToString())));
        await MendedAsync("machine-missing", () => Array.ForEach([domain, Path.ChangeExtension(domain, ".state")], File.Delete));

        var whole = await File.ReadAllTextAsync(disk);
        await LeftAsync("disk-damaged", () => File.WriteAllText(disk, "/nowhere/disk.qcow2\n"), () => File.WriteAllText(disk, whole));
        await LeftAsync("disk-missing", () => File.Move(disk, disk + ".aside"), () => File.Move(disk + ".aside", disk));

        await MendedAsync("machine-running", () => File.WriteAllText(Path.ChangeExtension(domain, ".state"), "1 1\n"));
    }

    [GeneratedRegex("<filterref.*?</filterref>", RegexOptions.Singleline)]
    private static partial Regex Filter();

    [GeneratedRegex("(<host mac='[^']*' ip=)'[^']*'")]
    private static partial Regex Address();

    private async Task MendedAsync(string kind, Action plant)
    {
        plant();
        Assert.Equal([kind], await KindsAsync("--json"));
        Assert.Empty(await KindsAsync("--json", "--repair"));
    }

    private async Task LeftAsync(string kind, Action plant, Action remove)
    {
        plant();
        Assert.Equal([kind], await KindsAsync("--json", "--repair"));
        remove();
        Assert.Empty(await KindsAsync("--json"));
    }

    private async Task<IEnumerable<string>> KindsAsync(params string[] arguments)
    {
        var fsck = await host.ProgramAsync(["fsck", .. arguments]);
        Assert.True(fsck.ExitCode is 0 or 1, fsck.Output + fsck.Error);
        return [.. JsonDocument.Parse(fsck.Output).RootElement.GetProperty("differences").EnumerateArray().Select(d => d.GetProperty("kind").GetString()!)];
    }

    private static void Edit(string file, Func<string, string> change)
    {
        var (was, becomes) = (File.ReadAllText(file), change(File.ReadAllText(file)));
        Assert.NotEqual(was, becomes);
        File.WriteAllText(file, becomes);
    }
}
