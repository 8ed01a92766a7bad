using System.Collections.Concurrent;
using System.Diagnostics;

namespace WebHoster.Tests.Fixtures;

/// <summary>A second web process on a portal's database, as an install with two of them has.</summary>
public sealed class PortalTwin : IAsyncDisposable
{
    private readonly Process _process;

    private PortalTwin(Process process, int port) => (_process, Url) = (process, new Uri($"http://localhost:{port}"));

    public Uri Url { get; }

    public static async Task<PortalTwin> StartAsync(PortalFixture portal)
    {
        var port = FreePorts.Next();
        var settings = new Dictionary<string, string>(portal.Environment()) { ["Portal__Port"] = port.ToString(), ["Logging__Path"] = "" };
        var said = new ConcurrentQueue<string?>();
        var twin = new PortalTwin(PortalFixture.Launch(settings, ["serve", "--role", "web"], said.Enqueue), port);
        await PortalFixture.AwaitReadyAsync(twin._process, twin.Url, () => string.Join('\n', said));
        return twin;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
