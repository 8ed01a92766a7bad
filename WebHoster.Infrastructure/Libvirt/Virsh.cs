using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>The one place that spells virsh's flags.</summary>
public sealed class Virsh(LibvirtCommands commands, IOptions<HypervisorSettings> settings)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private const string NotRunning = "domain is not running";
    private static readonly TimeSpan Listening = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AgentTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Name, and <c>state.state</c> and <c>state.reason</c> by key, of every domain: one call.</summary>
    public Task<string> DomStatsAsync(CancellationToken ct) => RunAsync(["domstats", "--state", "--raw"], null, ct);

    /// <summary>What every running domain has used since its start: one call, in which none waits for a domain that is busy.</summary>
    public Task<string> DomStatsFiguresAsync(CancellationToken ct) => RunAsync(
        ["domstats", "--list-running", "--nowait", "--raw", "--cpu-total", "--vcpu", "--balloon", "--interface", "--block"], null, ct);

    /// <summary>Null where there is no such domain.</summary>
    public async Task<string?> DomStatsAsync(string domain, CancellationToken ct) =>
        await UnlessMissingAsync(["domstats", "--state", "--raw", domain], null, ct);

    /// <summary>The XML that the next start uses; null where there is no such domain.</summary>
    public async Task<string?> DumpXmlAsync(string domain, CancellationToken ct) =>
        await UnlessMissingAsync(["dumpxml", "--inactive", domain], null, ct);

    public Task DefineAsync(string xmlFile, string? lockFile, CancellationToken ct) =>
        RunAsync(["define", xmlFile], lockFile, ct);

    /// <summary>Also right where it runs: a killed worker's call may have come through late.</summary>
    public Task StartAsync(string domain, string? lockFile, CancellationToken ct) =>
        UnlessAsync("is already", ["start", domain], lockFile, ct);

    /// <summary>Presses the power button; also right where it does not run.</summary>
    public Task ShutdownAsync(string domain, string? lockFile, CancellationToken ct) =>
        UnlessAsync(NotRunning, ["shutdown", domain, "--mode", "acpi"], lockFile, ct);

    /// <summary>Also right where it did not run, or is gone.</summary>
    public Task DestroyAsync(string domain, string? lockFile, CancellationToken ct) =>
        UnlessAsync(NotRunning, ["destroy", domain], lockFile, ct);

    public Task UndefineAsync(string domain, string? lockFile, CancellationToken ct) =>
        UnlessMissingAsync(["undefine", domain, "--managed-save", "--snapshots-metadata", "--nvram"], lockFile, ct);

    /// <summary>One command of qemu-guest-agent's protocol, and its answer, both JSON. A guest that does not answer is an error.</summary>
    public Task<string> AgentCommandAsync(string domain, string json, string? lockFile, CancellationToken ct) =>
        RunAsync(["qemu-agent-command", domain, "--timeout", $"{AgentTimeout.TotalSeconds:0}", json], lockFile, ct);

    /// <summary>
    /// A line for every start, stop or crash of any domain. It ends by itself after some minutes, so that a killed worker's
    /// leaves no listener behind for long; begin again, and look at everything first.
    /// </summary>
    public IAsyncEnumerable<string> ReadLifecycleEventsAsync(CancellationToken ct) => commands.ReadLinesAsync(
        Call(["event", "--event", "lifecycle", "--loop", "--timeout", $"{Listening.TotalSeconds:0}"], null), ct);

    /// <summary>Null where there is no such network.</summary>
    public Task<string?> NetDumpXmlAsync(string network, CancellationToken ct) =>
        UnlessMissingAsync(["net-dumpxml", "--inactive", network], null, ct);

    public async Task<bool> IsNetActiveAsync(string network, CancellationToken ct) =>
        (await RunAsync(["net-list", "--name"], null, ct)).Split('\n', StringSplitOptions.TrimEntries).Contains(network);

    public Task NetDefineAsync(string xmlFile, CancellationToken ct) => RunAsync(["net-define", xmlFile], null, ct);

    /// <summary>Also right where it is active.</summary>
    public Task NetStartAsync(string network, CancellationToken ct) => UnlessAsync("is already", ["net-start", network], null, ct);

    public Task NetAutostartAsync(string network, CancellationToken ct) => RunAsync(["net-autostart", network], null, ct);

    public Task NetDestroyAsync(string network, CancellationToken ct) => commands.TryAsync(Call(["net-destroy", network], null), ct);

    public Task NetUndefineAsync(string network, CancellationToken ct) => UnlessMissingAsync(["net-undefine", network], null, ct);

    /// <summary>Adds or deletes one DHCP host entry, in the running network and for its next start.</summary>
    public async Task NetUpdateHostAsync(string network, bool add, string mac, string address, string? lockFile, CancellationToken ct)
    {
        var command = Call(
            ["net-update", network, add ? "add-last" : "delete", "ip-dhcp-host",
                $"<host mac='{mac}' ip='{address}'/>", "--live", "--config"], lockFile);
        var result = await commands.TryAsync(command, ct);
        var done = result.Error.Contains(add ? "there is an existing dhcp host entry" : "couldn't locate a matching dhcp host entry");
        if (!result.Ok && !done)
            throw CommandRunner.Failure(command, result);
    }

    private Task<string> RunAsync(string[] arguments, string? lockFile, CancellationToken ct) =>
        commands.RunAsync(Call(arguments, lockFile), ct);

    private async Task UnlessAsync(string doneAlready, string[] arguments, string? lockFile, CancellationToken ct)
    {
        var command = Call(arguments, lockFile);
        var result = await commands.TryAsync(command, ct);
        if (!result.Ok && !IsMissing(result) && !result.Error.Contains(doneAlready))
            throw CommandRunner.Failure(command, result);
    }

    private async Task<string?> UnlessMissingAsync(string[] arguments, string? lockFile, CancellationToken ct)
    {
        var command = Call(arguments, lockFile);
        var result = await commands.TryAsync(command, ct);
        if (result.Ok)
            return result.Output;
        return IsMissing(result) ? null : throw CommandRunner.Failure(command, result);
    }

    private Command Call(string[] arguments, string? lockFile) =>
        new("virsh", ["-q", "-c", settings.Value.Uri, .. arguments], Timeout, lockFile);

    // virsh has one exit code for everything; its words under LC_ALL=C are the only sign. A lost connection says
    // "failed to get domain" as well, but then adds a second line of another kind.
    private static bool IsMissing(CommandResult result) =>
        result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } lines
        && lines.All(l => l.StartsWith("error: failed to get ", StringComparison.Ordinal) || l.Contains(" not found: "));
}
