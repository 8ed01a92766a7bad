using System.Runtime.CompilerServices;
using System.Text.Json;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>
/// A whole WebHoster, made by <c>./webhoster up --detach</c> as a person makes one, beside whatever else runs here: name,
/// directory, subnet and ports are its own. Shares only the template's folder with other test installs.
/// </summary>
public sealed class LiveInstall : IAsyncLifetime
{
    private readonly Dictionary<string, string> _environment;

    public LiveInstall()
    {
        // Ports below the range that the kernel hands out, and as many SSH ports as one block of nginx has.
        var (third, ssh) = (Random.Shared.Next(1, 250), 21000 + (Random.Shared.Next(0, 100) * 100));
        Name = $"t{Random.Shared.Next(0x1000, 0xffff):x}";
        Data = $"/var/lib/webhoster-{Name}";
        FirstSshPort = ssh;
        _environment = new()
        {
            ["WEBHOSTER_NAME"] = Name,
            ["WEBHOSTER_DATA"] = Data,
            ["WEBHOSTER_SITES_PORT"] = FreePorts.Next().ToString(),
            ["WEBHOSTER_PORTAL_PORT"] = FreePorts.Next().ToString(),
            ["Network__Subnet"] = $"10.87.{third}.0/24",
            ["Ssh__FirstPort"] = ssh.ToString(),
            ["Ssh__LastPort"] = (ssh + 99).ToString(),
            ["Images__Path"] = Images,
            ["Engine__SweepSeconds"] = "5",
        };
    }

    public string Name { get; }

    public string Data { get; }

    public int FirstSshPort { get; }

    /// <summary>The install's own folder of links to the templates that all test installs share, so that a test may break it.</summary>
    public string Images => $"{Data}-images";

    /// <summary>The templates of all test installs.</summary>
    public static string SharedImages => Environment.GetEnvironmentVariable("WEBHOSTER_TEST_IMAGES") ?? "/var/cache/webhoster-test/images";

    /// <summary>What the first <c>up</c> printed.</summary>
    public string[] UpLines { get; private set; } = [];

    public string PortalUrl => $"http://localhost:{_environment["WEBHOSTER_PORTAL_PORT"]}";

    public string SitesUrl => $"http://localhost:{_environment["WEBHOSTER_SITES_PORT"]}";

    public string OwnerKey => Path.Combine(Data, "secrets", "owner.key");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Images);
        foreach (var template in Directory.GetDirectories(SharedImages).Where(d => File.Exists(Path.Combine(d, "template.json"))))
            Directory.CreateSymbolicLink(Path.Combine(Images, Path.GetFileName(template)), template);
        UpLines = (await WebhosterAsync("up", "--detach")).Ok().Split('\n');
    }

    public async Task DisposeAsync()
    {
        await WebhosterAsync("down", "--purge", "--yes");
        if (Directory.Exists(Images))
            Directory.Delete(Images, recursive: true);
    }

    /// <summary>Runs the launcher of this source tree for this install.</summary>
    internal Task<ShellResult> WebhosterAsync(params string[] arguments) => WebhosterAsync(arguments, []);

    /// <param name="settings">Further variables, for this call and all later ones.</param>
    internal Task<ShellResult> WebhosterAsync(string[] arguments, Dictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
            _environment[name] = value;
        return Shell.RunAsync(Path.Combine(Root(), "webhoster"), arguments, _environment);
    }

    /// <summary>Runs another program, as from a shell in this source tree's root with this install's settings.</summary>
    internal Task<ShellResult> RunInRootAsync(string program, params string[] arguments) =>
        Shell.RunAsync("env", ["-C", Root(), program, .. arguments], _environment);

    internal async Task<JsonElement> StatusAsync() => JsonDocument.Parse((await WebhosterAsync("status", "--json")).Ok()).RootElement;

    /// <summary>Every end-to-end test ends in this.</summary>
    internal async Task AssertFsckCleanAsync() => Assert.Contains("nothing differs", (await WebhosterAsync("fsck")).Ok());

    internal static Task<ShellResult> SshAsync(int port, string key, string command) => SshAsync("ubuntu@localhost", port, key, command);

    internal static Task<ShellResult> SshAsync(string target, int port, string key, string command) => Shell.RunAsync(
        "ssh", [.. SshOptions(key), "-p", port.ToString(), target, command], new Dictionary<string, string>());

    /// <summary>Feeds <c>sftp</c> a batch of its own commands.</summary>
    internal static Task<ShellResult> SftpAsync(int port, string key, string batch) => Shell.RunAsync(
        "sftp", [.. SshOptions(key), "-P", port.ToString(), "-b", "-", "ubuntu@localhost"], new Dictionary<string, string>(), batch + "\n");

    private static string[] SshOptions(string key) =>
    [
        "-i", key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
        "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=30",
    ];

    internal static string Root([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));
}
