// The host is Linux: libvirt and nginx are nowhere else.
#pragma warning disable CA1416
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Settings;
using Xunit;
using NginxProgram = WebHoster.Infrastructure.Nginx.Nginx;

namespace WebHoster.Tests.Fixtures;

/// <summary>Both real nginx instances on loopback, in a folder of their own; guests are loopback addresses of their own subnet.</summary>
public sealed class NginxHost : IAsyncLifetime
{
    private static int subnets;

    private readonly string folder = Directory.CreateTempSubdirectory("wh-nginx-").FullName;
    private readonly Dictionary<string, string?> configuration;
    private readonly Dictionary<string, Process> processes = [];
    private readonly List<IAsyncDisposable> belongings = [];
    private readonly LogLines log = new();

    public NginxHost() : this([])
    {
    }

    /// <param name="changes">Settings that win over the usual ones.</param>
    internal NginxHost(Dictionary<string, string?> changes)
    {
        // mkdtemp gives 0700; nginx's workers are another user.
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_001_001);
        var firstSsh = FreeRange(300);
        var net = Interlocked.Increment(ref subnets);
        configuration = new Dictionary<string, string?>
        {
            ["Install:DataPath"] = folder,
            ["Sites:Port"] = $"{FreePorts.Next()}",
            ["Ssh:FirstPort"] = $"{firstSsh}",
            ["Ssh:LastPort"] = $"{firstSsh + 299}",
            ["Network:Subnet"] = $"127.64.{net * 4}.0/22",
            ["Nginx:Listen:0"] = "127.0.0.1",
            ["Guest:HttpPort"] = $"{FreePorts.Next()}",
            ["Guest:SshPort"] = $"{FreePorts.Next()}",
            ["Nginx:ConfirmSeconds"] = "10",
        };
        foreach (var (key, value) in changes)
            configuration[key] = value;
        Services = Build();
        AppDomain.CurrentDomain.ProcessExit += CleanUp;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    }

    public ServiceProvider Services { get; }

    /// <summary>What a worker beside this pair has to be told.</summary>
    public IReadOnlyDictionary<string, string?> Configuration => configuration;

    public HttpClient Http { get; }

    public NginxReverseProxy Proxy => Services.GetRequiredService<NginxReverseProxy>();

    public SlotPlan Plan => Services.GetRequiredService<SlotPlan>();

    public int SitesPort => Services.GetRequiredService<IOptions<SitesSettings>>().Value.Port;

    public NginxInstance Sites => NginxInstance.Sites(Services.GetRequiredService<IOptions<InstallSettings>>().Value);

    public NginxInstance Ssh => NginxInstance.Ssh(Services.GetRequiredService<IOptions<InstallSettings>>().Value);

    private GuestSettings Guest => Services.GetRequiredService<IOptions<GuestSettings>>().Value;

    public async Task InitializeAsync()
    {
        await Proxy.PrepareAsync(new RouteTable([], []), default);
        await StartAsync(Sites);
        await StartAsync(Ssh);
    }

    /// <summary>The same install under other settings, as after a restart of the worker.</summary>
    public ServiceProvider Build(params (string Key, string Value)[] changes)
    {
        var all = new Dictionary<string, string?>(configuration);
        foreach (var (key, value) in changes)
            all[key] = value;
        var settings = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        return new ServiceCollection().AddLogging(l => l.AddProvider(log)).AddSingleton<IConfiguration>(settings)
            .AddWebHosterSettings(settings).AddReverseProxy().BuildServiceProvider();
    }

    public async Task StartAsync(NginxInstance instance)
    {
        var command = Services.GetRequiredService<NginxProgram>().Foreground(instance);
        processes[instance.Name] = Process.Start(command.Program, command.Arguments);
        await Eventually.TrueAsync(async () => instance.RunningPid() is not null && await ControlSocket.AskGenerationAsync(instance, default) is not null);
    }

    /// <summary>Kills the master only, as the kernel does when memory runs out: its workers live on.</summary>
    public async Task KillAsync(NginxInstance instance)
    {
        processes[instance.Name].Kill();
        await processes[instance.Name].WaitForExitAsync();
    }

    public async Task<NginxGuest> AddGuestAsync(int slot, string name)
    {
        var guest = await NginxGuest.StartAsync(name, new IPEndPoint(Plan.Address(slot), Guest.HttpPort));
        belongings.Add(guest);
        return guest;
    }

    public NginxSshGuest AddSshGuest(int slot)
    {
        var guest = new NginxSshGuest(new IPEndPoint(Plan.Address(slot), Guest.SshPort));
        belongings.Add(guest);
        return guest;
    }

    public SiteRoute Route(string slug, int slot) => new(slug, Plan.Address(slot), "running");

    /// <summary>How many configurations the running instance was seen to take so far.</summary>
    public int Loaded(NginxInstance instance) => log.Count(l => l.Contains($"The {instance.Name} nginx serves", StringComparison.Ordinal));

    /// <summary>A request whose path goes out exactly as it is spelt here.</summary>
    public HttpRequestMessage Request(HttpMethod method, string target, params (string Name, string Value)[] headers)
    {
        var uri = new Uri($"http://127.0.0.1:{SitesPort}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(method, uri);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    public Task<HttpResponseMessage> GetAsync(string target, params (string Name, string Value)[] headers) =>
        Http.SendAsync(Request(HttpMethod.Get, target, headers));

    public async Task DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= CleanUp;
        CleanUp(null, EventArgs.Empty);
        foreach (var belonging in belongings)
            await belonging.DisposeAsync();
        Http.Dispose();
        await Services.DisposeAsync();
    }

    // xunit does not dispose what failed to initialise, so this also runs when the test run ends.
    private void CleanUp(object? sender, EventArgs e)
    {
        foreach (var instance in new[] { Sites, Ssh })
        {
            var left = KernelSockets.HoldersOf(instance.ControlSocket);
            if (processes.TryGetValue(instance.Name, out var process) && !process.HasExited)
                process.Kill(entireProcessTree: true);
            foreach (var worker in left)
                KillIfThere(worker);
            processes.GetValueOrDefault(instance.Name)?.WaitForExit();
        }
        Directory.Delete(folder, recursive: true);
    }

    // Below the ports that the kernel gives to outgoing connections.
    private static int FreeRange(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(20_100, 32_000 - count);
            if (Enumerable.Range(first, count).All(p => KernelSockets.CanListen(IPAddress.Loopback, p)))
                return first;
        }
    }

    private static void KillIfThere(int pid)
    {
        try
        {
            Process.GetProcessById(pid).Kill();
        }
        catch (ArgumentException)
        {
        }
    }
}
