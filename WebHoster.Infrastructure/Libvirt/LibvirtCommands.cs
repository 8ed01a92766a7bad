using System.Diagnostics;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>
/// Calls of tools that talk to libvirt. Its daemon is restarted by every upgrade: a call that it did not answer is made again for a
/// while, which is safe because each of them is also right where it has been done before.
/// </summary>
public sealed class LibvirtCommands(CommandRunner runner, IOptions<HypervisorSettings> settings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly string[] Away =
    [
        "failed to connect to the hypervisor", "Failed to connect socket", "Cannot recv data", "Cannot write data", "End of file while reading",
        "client socket is closed", "Disconnected from", "connection closed due to keepalive",
    ];

    /// <inheritdoc cref="CommandRunner.RunAsync"/>
    public async Task<string> RunAsync(Command command, CancellationToken ct)
    {
        var result = await TryAsync(command, ct);
        return result.Ok ? result.Output : throw CommandRunner.Failure(command, result);
    }

    /// <inheritdoc cref="CommandRunner.TryAsync"/>
    public async Task<CommandResult> TryAsync(Command command, CancellationToken ct)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(Pause, ct))
        {
            var result = await runner.TryAsync(command, ct);
            if (result.Ok || watch.Elapsed.TotalSeconds >= settings.Value.PatienceSeconds || !IsAway(result.Error))
                return result;
        }
    }

    /// <inheritdoc cref="CommandRunner.ReadLinesAsync"/>
    public IAsyncEnumerable<string> ReadLinesAsync(Command command, CancellationToken ct) => runner.ReadLinesAsync(command, ct);

    /// <summary>True where these are the words of a tool under <c>LC_ALL=C</c> that has lost, or never reached, its daemon.</summary>
    internal static bool IsAway(string error) => Away.Any(words => error.Contains(words, StringComparison.OrdinalIgnoreCase));
}
