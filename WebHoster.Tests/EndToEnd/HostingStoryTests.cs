using System.Diagnostics;
using System.Net;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>The product from outside: its launcher, ordinary HTTP, ssh and sftp, real guests. One story, since a guest takes a minute.</summary>
[Trait("Category", "Vm")]
[Collection(Libvirt.RealGuests.Name)]
[TestCaseOrderer(ChapterOrder.Type, ChapterOrder.Assembly)]
public sealed partial class HostingStoryTests(LiveInstall install) : IClassFixture<LiveInstall>
{
    private static readonly HttpClient Browser = new(new HttpClientHandler { AllowAutoRedirect = false });

    [Fact, Chapter(1)]
    public async Task UpEndsWithTheOwnersSiteAndItsSshCommand()
    {
        var status = await install.StatusAsync();
        var first = status.GetProperty("first_hosting");
        Assert.Equal($"{install.SitesUrl}/owner/", first.GetProperty("url").GetString());
        Assert.Equal([first.GetProperty("url").GetString()!, first.GetProperty("ssh_command").GetString()!], install.UpLines[^2..]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(install.OwnerKey));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(status.GetProperty("admin").GetProperty("password_file").GetString()!));

        var page = await Browser.GetStringAsync($"{install.SitesUrl}/owner/");
        Assert.Contains("<title>owner is online</title>", page);
        Assert.Contains($"ssh -p {first.GetProperty("ssh_port").GetInt32()} ubuntu@localhost", page);
        Assert.Contains("sftp -P", page);
        Assert.Contains("/var/www/html", page);
        await install.AssertFsckCleanAsync();
    }

    [Fact, Chapter(2)]
    public async Task AddressesThatLeadNowhereAreAnsweredFriendly()
    {
        var bare = await Browser.GetAsync($"{install.SitesUrl}/owner");
        Assert.Equal((HttpStatusCode.MovedPermanently, "/owner/"), (bare.StatusCode, bare.Headers.Location?.ToString()));

        var unknown = await Browser.GetAsync($"{install.SitesUrl}/nobody-here/");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("WebHoster", await unknown.Content.ReadAsStringAsync());
    }

    [Fact, Chapter(3)]
    public async Task TheGuestIsWhatWasPromised()
    {
        var port = await OwnerPortAsync();
        var answer = await LiveInstall.SshAsync(port, install.OwnerKey,
            """
            set -e
            sudo -n true
            PATH=$PATH:/usr/sbin
            for tool in nginx curl wget unzip git cloud-init qemu-ga; do command -v $tool >/dev/null || echo "no $tool"; done
            echo "cloud-init $(cloud-init status --wait | tail -n 1)"
            echo "failed units: $(systemctl --failed --no-legend | wc -l)"
            echo "cpus $(nproc)"
            echo "memory $(( $(awk '/MemTotal/ { print $2 }' /proc/meminfo) / 1024 / 100 ))"
            echo "disk $(( $(df --output=size -BG / | tail -n 1 | tr -dc 0-9) ))"
            sudo sshd -T | grep -E '^(passwordauthentication|permitrootlogin|kbdinteractiveauthentication) '
            sudo nft list ruleset | grep -c 'policy drop'
            """);
        var lines = answer.Ok().Split('\n');
        Assert.Equal(
            [
                "cloud-init status: done", "failed units: 0", "cpus 1", "memory 9", "disk 10",
                "permitrootlogin no", "passwordauthentication no", "kbdinteractiveauthentication no", "1",
            ],
            lines);
    }

    [Fact, Chapter(4)]
    public async Task AFileSentBySftpWithoutSudoIsServed()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "<h1>mine now</h1>");
        (await LiveInstall.SftpAsync(await OwnerPortAsync(), install.OwnerKey, $"put {file} /var/www/html/index.html")).Ok();
        Assert.Equal("<h1>mine now</h1>", await Browser.GetStringAsync($"{install.SitesUrl}/owner/"));
        File.Delete(file);
    }

    [Fact, Chapter(5)]
    public async Task AnApplicationBehindThePrefixSeesItsOwnPathAndGetsThePrefixBack()
    {
        (await LiveInstall.SshAsync(await OwnerPortAsync(), install.OwnerKey,
            """
            sudo tee /etc/nginx/conf.d/echo.conf >/dev/null <<'CONF'
            server {
                listen 80 default_server;
                location /go { return 302 /there?x=1; }
                location / { add_header Set-Cookie "id=7; Path=/"; return 200 "path=$request_uri prefix=$http_x_forwarded_prefix"; }
            }
            CONF
            sudo rm -f /etc/nginx/sites-enabled/default
            sudo systemctl restart nginx
            """)).Ok();

        var page = await EchoAsync($"{install.SitesUrl}/owner/a%2Fb//c?q=%20");
        Assert.Equal("path=/a%2Fb//c?q=%20 prefix=/owner", await page.Content.ReadAsStringAsync());
        Assert.Equal("id=7; Path=/owner/", page.Headers.GetValues("Set-Cookie").Single());
        var redirect = await Browser.GetAsync($"{install.SitesUrl}/owner/go");
        Assert.Equal("/owner/there?x=1", redirect.Headers.Location?.ToString());
    }

    [Fact, Chapter(6)]
    public async Task TwoPeopleAtOnceGetMachinesOfTheirOwnAndDeletingLeavesNothing()
    {
        var people = await Task.WhenAll(Customer.RegisterAsync(install, "ann"), Customer.RegisterAsync(install, "ben"));
        var creations = await Task.WhenAll(people.Select(p => p.AskForHostingAsync()));
        using (var early = await Browser.GetAsync($"{install.SitesUrl}/ann/"))
            Assert.True(early.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable, early.StatusCode.ToString());
        await Task.WhenAll(people.Zip(creations, (person, location) => person.SucceedAsync(location)));

        var hostings = await Task.WhenAll(people.Select(p => p.HostingAsync()));
        foreach (var (person, hosting) in people.Zip(hostings))
        {
            Assert.Contains($"<title>{person.Name} is online</title>", await Browser.GetStringAsync($"{install.SitesUrl}/{person.Name}/"));
            Assert.Equal(person.Name, (await LiveInstall.SshAsync(Port(hosting), person.KeyFile, "hostname")).Ok());
            var identities = (await Shell.RunAsync("ssh-keyscan", "-p", Port(hosting).ToString(), "localhost")).Ok();
            Assert.Equal(
                [hosting.GetProperty("ssh_host_key").GetString()!],
                identities.Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Split(' ', 2)[1]).Distinct());
        }
        foreach (var key in new[] { "ssh_port", "vm_id", "vm_ip", "url" })
            Assert.NotEqual(hostings[0].GetProperty(key).ToString(), hostings[1].GetProperty(key).ToString());
        Assert.NotEqual(0, (await LiveInstall.SshAsync(Port(hostings[1]), people[0].KeyFile, "true")).ExitCode);
        // Guests do not reach each other, neither on the bridge nor through the host.
        Assert.NotEqual(0, (await LiveInstall.SshAsync(
            Port(hostings[0]), people[0].KeyFile, $"curl -s -m 5 http://{hostings[1].GetProperty("vm_ip").GetString()}/")).ExitCode);
        await install.AssertFsckCleanAsync();

        await Task.WhenAll(people.Select(async p => await p.SucceedAsync(await p.AskForDeleteAsync())));
        foreach (var (person, hosting) in people.Zip(hostings))
        {
            var id = hosting.GetProperty("vm_id").GetString()!;
            Assert.Equal(HttpStatusCode.NotFound, await person.HostingStatusCodeAsync());
            Assert.Equal(HttpStatusCode.NotFound, (await Browser.GetAsync($"{install.SitesUrl}/{person.Name}/")).StatusCode);
            Assert.DoesNotContain(id, (await Shell.RunAsync("virsh", "-c", "qemu:///system", "list", "--all", "--uuid")).Ok());
            Assert.False(Directory.Exists(Path.Combine(install.Data, "machines", id)));
            Assert.DoesNotContain(
                hosting.GetProperty("vm_ip").GetString()!, (await Shell.RunAsync("virsh", "-c", "qemu:///system", "net-dumpxml", $"{install.Name}0")).Ok());
        }
        await install.AssertFsckCleanAsync();
    }

    [Fact, Chapter(7)]
    public async Task AStoppedHostingIsAnsweredByTheHostAndStartsAgain()
    {
        var owner = await Customer.OwnerAsync(install);
        await owner.SucceedAsync(await owner.AskForAsync("stop"));
        var domain = $"{install.Name}-{(await owner.HostingAsync()).GetProperty("vm_id").GetString()}";
        // By its power button, not by the plug.
        Assert.Equal("shut off (shutdown)", (await Shell.RunAsync("virsh", "-c", "qemu:///system", "domstate", "--reason", domain)).Ok());
        var stopped = await Browser.GetAsync($"{install.SitesUrl}/owner/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, stopped.StatusCode);
        Assert.NotNull(stopped.Headers.RetryAfter);
        await install.AssertFsckCleanAsync();

        var start = await owner.AskForAsync("start");
        var starting = await Browser.GetAsync($"{install.SitesUrl}/owner/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, starting.StatusCode);
        await owner.SucceedAsync(start);
        Assert.StartsWith("path=/", await (await EchoAsync($"{install.SitesUrl}/owner/")).Content.ReadAsStringAsync());
        await install.AssertFsckCleanAsync();
    }

    [Fact, Chapter(8)]
    public async Task AKeyThatIsAddedLogsInWithinSecondsAndOneThatIsRemovedDoesNot()
    {
        var owner = await Customer.OwnerAsync(install);
        var port = await OwnerPortAsync();
        using var laptop = new KeyFile("a second laptop");
        using var byHand = new KeyFile("written by hand");
        (await LiveInstall.SshAsync(port, install.OwnerKey, $"mkdir -p -m 700 ~/.ssh && echo '{byHand.PublicKey}' >>~/.ssh/authorized_keys")).Ok();
        await RefusedAsync(port, laptop);

        var location = await owner.AddKeyAsync("second laptop", laptop.PublicKey);
        await UntilLoginAsync(port, laptop, expected: true);
        await owner.UntilAsync(h => !h.GetProperty("keys_pending").GetBoolean(), TimeSpan.FromSeconds(10));
        await owner.RemoveKeyAsync(location);
        await UntilLoginAsync(port, laptop, expected: false);
        await RefusedAsync(port, laptop);

        foreach (var other in new[] { install.OwnerKey, byHand.Path })
            (await LiveInstall.SshAsync(port, other, "true")).Ok();
        await install.AssertFsckCleanAsync();
    }

    private static async Task UntilLoginAsync(int port, KeyFile key, bool expected)
    {
        for (var watch = Stopwatch.StartNew(); (await LiveInstall.SshAsync(port, key.Path, "true")).ExitCode == 0 != expected; await Task.Delay(250))
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Logging in: not {expected} within 30 s.");
    }

    private static async Task RefusedAsync(int port, KeyFile key) =>
        Assert.Contains("Permission denied", (await LiveInstall.SshAsync(port, key.Path, "true")).Error);

    private async Task<int> OwnerPortAsync() => Port((await install.StatusAsync()).GetProperty("first_hosting"));

    private static int Port(JsonElement hosting) => hosting.GetProperty("ssh_port").GetInt32();

    private static Task<HttpResponseMessage> EchoAsync(string url) =>
        Browser.GetAsync(new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
}
