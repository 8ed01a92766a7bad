using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>The chapters in which something happens to the host.</summary>
public sealed partial class HostingStoryTests
{
    [Fact, Chapter(9)]
    public async Task EachDifferenceThatIsPlantedIsNamedAndMended()
    {
        var planted = await PlantedDrift.OnOwnersMachineAsync(install);
        await planted.EachIsNamedAndMendedAsync();
        await planted.EachOfAStoppedMachineIsNamedAndMendedAsync();
        await planted.AStoppedNginxIsNamedAndUpMendsItAsync();
        await planted.TheSweeperTakesOnlyWhatIsOursAsync();
    }

    [Fact, Chapter(10)]
    public async Task AMachineThatStopsIsSeenWithinSecondsAndOneThatIsDestroyedComesBack()
    {
        var owner = await Customer.OwnerAsync(install);
        var domain = $"{install.Name}-{(await owner.HostingAsync()).GetProperty("vm_id").GetString()}";

        (await Shell.RunAsync("virsh", "-c", "qemu:///system", "undefine", domain)).Ok();
        (await Shell.RunAsync("virsh", "-c", "qemu:///system", "destroy", domain)).Ok();
        await owner.UntilAsync(h => h.GetProperty("status").GetString() == "starting", TimeSpan.FromSeconds(8));
        await owner.UntilAsync(h => h.GetProperty("status").GetString() == "running", TimeSpan.FromMinutes(5));

        await LiveInstall.SshAsync(await OwnerPortAsync(), install.OwnerKey, "sudo systemctl poweroff");
        await owner.UntilAsync(h => h.GetProperty("status").GetString() == "stopped", TimeSpan.FromMinutes(2));
        await owner.SucceedAsync(await owner.AskForAsync("start"));
        await install.AssertFsckCleanAsync();
    }

    [Fact, Chapter(11)]
    public async Task DownLeavesTheMachinesAndASecondUpChangesNothing()
    {
        var before = (await Shell.RunAsync("virsh", "-c", "qemu:///system", "list", "--uuid")).Ok();
        var down = Stopwatch.StartNew();
        (await install.WebhosterAsync("down")).Ok();
        // Past 30 s a service is killed: all have to stop when they are told.
        Assert.True(down.Elapsed < TimeSpan.FromSeconds(25), down.Elapsed.ToString());
        Assert.Equal(3, (await install.WebhosterAsync("status", "--json")).ExitCode);
        Assert.Equal(before, (await Shell.RunAsync("virsh", "-c", "qemu:///system", "list", "--uuid")).Ok());

        var again = (await install.WebhosterAsync("up", "--detach")).Ok().Split('\n');
        Assert.Equal(install.UpLines[^2..], again[^2..]);
        Assert.Equal("good", File.ReadAllText(Path.Combine(install.Data, "app", "release"))); // which `deploy --package` brought
        Assert.Equal(before, (await Shell.RunAsync("virsh", "-c", "qemu:///system", "list", "--uuid")).Ok());
        await install.AssertFsckCleanAsync();
    }

    [Fact, Chapter(12)]
    public async Task AfterAPowerCutWhatShouldRunComesBackAndATakenPortIsPassedOver()
    {
        var dora = await Customer.RegisterAsync(install, "dora");
        await dora.SucceedAsync(await dora.AskForHostingAsync());
        await dora.SucceedAsync(await dora.AskForAsync("stop"));
        var taken = Port(await dora.HostingAsync()) + 1;

        await PowerCut.OfAsync(install);
        using var thief = new TcpListener(IPAddress.Any, taken);
        thief.Start();
        (await install.WebhosterAsync("up", "--detach")).Ok();

        var owner = await Customer.OwnerAsync(install);
        await owner.UntilAsync(h => h.GetProperty("status").GetString() == "running", TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.OK, (await Browser.GetAsync($"{install.SitesUrl}/owner/")).StatusCode);
        Assert.Equal("owner", (await LiveInstall.SshAsync(await OwnerPortAsync(), install.OwnerKey, "hostname")).Ok());
        Assert.Equal("stopped", (await dora.HostingAsync()).GetProperty("status").GetString());

        var emil = await Customer.RegisterAsync(install, "emil");
        await emil.SucceedAsync(await emil.AskForHostingAsync());
        Assert.True(Port(await emil.HostingAsync()) > taken, "The port of another program was given away.");
        await install.AssertFsckCleanAsync();
        foreach (var person in new[] { dora, emil })
            await person.SucceedAsync(await person.AskForDeleteAsync());
        await install.AssertFsckCleanAsync();
    }

    [Fact, Chapter(13)]
    public async Task CreationsThatFailAreUndoneAndSayWhy()
    {
        (await install.WebhosterAsync(["up", "--detach"], new() { ["Engine__ReadySeconds"] = "20" })).Ok();
        var person = await Customer.RegisterAsync(install, "carl");

        using (new UnbootableTemplate(install.Images))
            await AssertUndoneAsync(person, "The machine could not be started.");

        await using (new UnpluggedGuests(install))
            await AssertUndoneAsync(person, "The machine started but did not become ready. Neither its web server nor SSH answered");

        var dropIn = Path.Combine(install.Data, "nginx", "sites", "custom", "broken.conf");
        await File.WriteAllTextAsync(dropIn, "this is no nginx configuration\n");
        await AssertUndoneAsync(person, "The site's address could not be set up.");
        File.Delete(dropIn);

        await using (await FullDisk.MountAsync(Path.Combine(install.Data, "machines")))
            await AssertUndoneAsync(person, "The machine's disk could not be created. The host's disk is full.");

        Assert.Equal(HttpStatusCode.OK, (await Browser.GetAsync($"{install.SitesUrl}/owner/")).StatusCode);
        await install.AssertFsckCleanAsync();
    }

    /// <summary>After everything above: passwords, tokens and private keys of everybody, in what the install wrote and in its database.</summary>
    [Fact, Chapter(14)]
    public async Task NoSecretIsInTheLogsOrTheDatabase()
    {
        var secrets = Directory.GetFiles(Path.Combine(install.Data, "secrets")).Where(f => !f.EndsWith(".pub", StringComparison.Ordinal)).SelectMany(File.ReadAllLines)
            .Concat(Customer.Secrets).Where(l => l.Length >= 16 && !l.StartsWith("-----", StringComparison.Ordinal)).ToHashSet();
        Assert.True(secrets.Count > 30, $"{secrets.Count} secrets");
        var (patterns, dump) = (Path.GetTempFileName(), Path.Combine(install.Data, "logs", "dump.sql"));
        await File.WriteAllLinesAsync(patterns, secrets);
        (await Shell.RunAsync("pg_dump", "-h", Path.Combine(install.Data, "run", "postgres"), "-U", "webhoster", "-f", dump, "webhoster")).Ok();
        Assert.Contains("hosting.create", await File.ReadAllTextAsync(dump));

        var found = await Shell.RunAsync("grep", "-rlaF", "-f", patterns, Path.Combine(install.Data, "logs"), Path.Combine(install.Data, "nginx"), Path.Combine(install.Data, "run"));

        Assert.Equal((1, ""), (found.ExitCode, found.Output));
        // That it would be found.
        await File.AppendAllTextAsync(dump, secrets.First());
        Assert.Contains(dump, (await Shell.RunAsync("grep", "-rlaF", "-f", patterns, Path.Combine(install.Data, "logs"))).Ok());
        File.Delete(dump);
    }

    [Fact, Chapter(15)]
    public async Task AfterAPurgeNothingIsLeft()
    {
        (await install.WebhosterAsync("down", "--purge", "--yes")).Ok();
        Assert.False(Directory.Exists(install.Data));
        Assert.DoesNotContain($"{install.Name}-", (await Shell.RunAsync("virsh", "-c", "qemu:///system", "list", "--all", "--name")).Ok());
        Assert.DoesNotContain($"{install.Name}0", (await Shell.RunAsync("virsh", "-c", "qemu:///system", "net-list", "--all", "--name")).Ok());
        Assert.DoesNotContain($"{install.Name}0", (await Shell.RunAsync("nft", "list", "ruleset")).Ok());
        Assert.DoesNotContain($"{install.Name}-web", await File.ReadAllTextAsync("/etc/passwd"));
        Assert.DoesNotContain(install.Data, (await Shell.RunAsync("ps", "-eo", "args")).Ok());
        Assert.NotEqual(0, (await Shell.RunAsync("grep", "-rqs", install.Data, "/etc/libvirt", "/run/libvirt")).ExitCode);
        Assert.Empty(Directory.GetFiles("/var/log/libvirt/qemu", $"{install.Name}-*"));
        Assert.Equal(3, (await install.WebhosterAsync("status")).ExitCode);
    }

    private async Task AssertUndoneAsync(Customer person, string words)
    {
        var operation = await person.EndAsync(await person.AskForHostingAsync());

        Assert.Equal("failed", operation.GetProperty("status").GetString());
        Assert.StartsWith(words, operation.GetProperty("error").GetString());
        Assert.Equal(HttpStatusCode.NotFound, await person.HostingStatusCodeAsync());
        var id = operation.GetProperty("hosting_id").GetString()!;
        Assert.DoesNotContain(id, (await Shell.RunAsync("virsh", "-c", "qemu:///system", "list", "--all", "--uuid")).Ok());
        Assert.False(Directory.Exists(Path.Combine(install.Data, "machines", id)));
        Assert.False(File.Exists(Path.Combine(install.Data, "run", $"machine-{id}.lock")));
        Assert.Equal(HttpStatusCode.NotFound, (await Browser.GetAsync($"{install.SitesUrl}/{person.Name}/")).StatusCode);
    }
}
