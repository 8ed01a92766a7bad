using System.Diagnostics;
using System.Text;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>The real program in role web, on a free loopback port, with a database of its own and no engine behind it.</summary>
public class PortalFixture : IAsyncLifetime
{
    public const string AllowedOrigin = "https://console.example";

    private readonly StringBuilder _output = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-portal-").FullName;
    private Process? _process;

    public PostgresFixture Database { get; } = new();

    public int Port { get; } = FreePorts.Next();

    /// <summary>MiB that the program had resident at most since <see cref="ForgetPeak"/>.</summary>
    public long PeakMb => StatusOf("VmHWM") / 1024;

    /// <summary>MiB that the program has resident.</summary>
    public long MemoryMb => StatusOf("VmRSS") / 1024;

    public Uri Url => new($"http://localhost:{Port}");

    /// <summary>What the program has said so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Where its worker's socket would be.</summary>
    public string DataFolder => _folder;

    public string LogFolder => Path.Combine(_folder, "logs");

    /// <summary>Plays the engine's part on this portal's database.</summary>
    public TestEngine Engine => new(Database);

    /// <summary>Settings on top of the usual ones, spelt as environment variables.</summary>
    protected virtual Dictionary<string, string> Settings => new() { ["RateLimits__Enabled"] = "false" };

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        await PrepareAsync();
        await StartAsync();
    }

    /// <summary>What must be there before the program starts.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task StartAsync()
    {
        _process = Launch(Environment(), ["serve", "--role", "web"], Keep);
        await AwaitReadyAsync(_process, Url, () => Output);
    }

    /// <summary>Until it answers that it is ready; throws with what it has said where it ends instead.</summary>
    public static async Task AwaitReadyAsync(Process process, Uri url, Func<string> output)
    {
        using var http = new HttpClient { BaseAddress = url };
        for (var until = DateTime.UtcNow.AddSeconds(180); ;)
        {
            try
            {
                if ((await http.GetAsync("/health/ready")).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not yet, or never: then what it said is told below.
            }

            if (process.HasExited || DateTime.UtcNow > until)
                throw new InvalidOperationException($"The portal does not come up:\n{output()}");
            await Task.Delay(100);
        }
    }

    /// <summary>As a service manager stops it; ends when the program has.</summary>
    public async Task TerminateAsync()
    {
        (await Shell.RunAsync("kill", "-TERM", _process!.Id.ToString())).Ok();
        await _process.WaitForExitAsync();
    }

    public async Task StopAsync()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>The usual settings of a portal on this fixture's database.</summary>
    public Dictionary<string, string> Environment()
    {
        var settings = new Dictionary<string, string>
        {
            ["Install__Name"] = "whtest",
            ["Install__DataPath"] = _folder,
            ["Portal__Port"] = Port.ToString(),
            ["Sites__Port"] = "8088",
            ["ConnectionStrings__Default"] = Database.ConnectionString,
            ["Jwt__Key"] = "only-for-tests-only-for-tests-only-for-tests",
            ["Logging__Path"] = LogFolder,
            ["Cors__Origins__0"] = AllowedOrigin,
        };
        foreach (var (key, value) in Settings)
            settings[key] = value;
        return settings;
    }

    /// <summary>The build that lies beside the tests' own.</summary>
    public static string Program { get; } = Path.Combine(
        AppContext.BaseDirectory.Replace($"{Path.DirectorySeparatorChar}WebHoster.Tests{Path.DirectorySeparatorChar}", $"{Path.DirectorySeparatorChar}WebHoster.Web{Path.DirectorySeparatorChar}"),
        "WebHoster.Web.dll");

    /// <summary>Starts the program as the launcher does.</summary>
    public static Process Launch(Dictionary<string, string> environment, string[] arguments, Action<string?> line)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        Shell.ForgetSettings(start);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => line(e.Data);
        process.ErrorDataReceived += (_, e) => line(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public void ForgetPeak() => File.WriteAllText($"/proc/{_process!.Id}/clear_refs", "5");

    private long StatusOf(string name) => long.Parse(
        File.ReadLines($"/proc/{_process!.Id}/status").Single(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private void Keep(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
