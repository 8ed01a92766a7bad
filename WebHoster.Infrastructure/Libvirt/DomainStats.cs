using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>Reads <c>virsh domstats --state --raw</c>. Pure. Numbers are virDomainState and virDomainShutoffReason.</summary>
public static class DomainStats
{
    public static IEnumerable<(string Name, MachineState State)> Parse(string output)
    {
        foreach (var block in output.Split("Domain: ", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length == 0 || !lines[0].StartsWith('\''))
                continue;
            yield return (lines[0].Trim('\''), StateOf(Number(lines, "state.state="), Number(lines, "state.reason=")));
        }
    }

    private static MachineState StateOf(int state, int reason) => (state, reason) switch
    {
        (1 or 2 or 4, _) => MachineState.Running,
        (3 or 7, _) => MachineState.Paused,
        (5, 1) => MachineState.ShutDown,
        _ => MachineState.Off,
    };

    private static int Number(string[] lines, string key) =>
        lines.FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) is { } line
            && int.TryParse(line[key.Length..], out var number) ? number : -1;
}
