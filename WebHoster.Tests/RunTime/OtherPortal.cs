using System.Diagnostics;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.RunTime;

/// <summary>A second process of the program on a portal's database.</summary>
internal sealed class OtherPortal : IAsyncDisposable
{
    private readonly Process _process;

    private OtherPortal(Process process, HttpClient http) => (_process, Http) = (process, http);

    public HttpClient Http { get; }

    public static async Task<OtherPortal> StartAsync(PortalFixture beside)
    {
        var (settings, port) = (beside.Environment(), FreePorts.Next());
        settings["Portal__Port"] = port.ToString();
        settings.Remove("Logging__Path");
        var up = new TaskCompletionSource();
        var process = PortalFixture.Launch(settings, ["serve", "--role", "web"], line =>
        {
            if (line?.Contains("Now listening on") == true)
                up.TrySetResult();
        });
        await up.Task.WaitAsync(TimeSpan.FromMinutes(3));
        return new OtherPortal(process, new HttpClient { BaseAddress = new Uri($"http://localhost:{port}/api/v1/") });
    }

    /// <summary>Whether its page has the form of a registration.</summary>
    public async Task<bool> IsOpenAsync() => (await Http.GetStringAsync("/register")).Contains("name=\"Input.Email\"");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
