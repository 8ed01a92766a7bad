using System.Diagnostics;
using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// What a killed master leaves: workers that go on serving and hold every port, and a control socket whose file alone stops the
/// next start ("Address already in use").
/// </summary>
internal sealed class Leftovers(CommandRunner runner)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Makes room for a start; does nothing where the instance runs, or is just starting.</summary>
    public async Task ClearAsync(NginxInstance instance, CancellationToken ct)
    {
        if (instance.RunningPid() is not null)
            return;
        var holders = KernelSockets.HoldersOf(instance.ControlSocket);
        if (holders.Any(p => !IsWorker(p)))
            return;
        // QUIT gives up the ports at once but lets open sessions end by themselves.
        foreach (var worker in holders)
            await runner.TryAsync(new Command("kill", ["-QUIT", $"{worker}"], Patience), ct);
        for (var watch = Stopwatch.StartNew(); KernelSockets.HoldersOf(instance.ControlSocket).Count > 0 && watch.Elapsed < Patience;)
            await Task.Delay(50, ct);
        File.Delete(instance.ControlSocket);
    }

    private static bool IsWorker(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").StartsWith("nginx: worker", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
