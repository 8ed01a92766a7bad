using System.Text.RegularExpressions;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>Turns what nginx says into what a person can act on.</summary>
internal static partial class NginxWords
{
    public static HostException Refused(NginxInstance instance, string output) => new(
        $"The {instance.Name} nginx refused the new configuration, and the old one serves on: {LastEmergency(output) ?? "it gave no reason"}.",
        output.Trim());

    public static HostException NotWritten(NginxInstance instance, IOException e) =>
        new($"The {instance.Name} nginx's configuration could not be written, and the old one serves on.", e.ToString(), e);

    public static HostException NotTaken(NginxInstance instance, string log) => new(
        Bind().Matches(log).LastOrDefault() is { } bind
            ? $"The {instance.Name} nginx cannot listen on {bind.Groups[1].Value} ({bind.Groups[2].Value}), so the old configuration serves on. "
                + "Stop the program that holds this port, or choose another port."
            : $"The {instance.Name} nginx did not take the new configuration, and the old one serves on: "
                + $"{LastEmergency(log) ?? $"its error log {instance.ErrorLog} gives no reason"}.",
        log.Trim());

    public static HostException NotReached(NginxInstance instance, string log) => new(
        $"The {instance.Name} nginx took the new configuration but does not answer with it on its public port, so the old one was put "
            + $"back. Look for a server of your own in {instance.Custom}, or for a firewall rule.",
        log.Trim());

    /// <param name="isServed">Whether workers have outlived their killed master.</param>
    public static HostException NotRunning(NginxInstance instance, bool isServed) => new(
        $"The {instance.Name} nginx is not running; its new configuration is written and waits for it. "
            + (isServed ? "What a killed one left behind serves on with the old configuration. " : "") + "Start it with ./webhoster up.",
        $"{instance.PidFile} names no running nginx of {instance.Configuration}");

    /// <summary>True where the log says that a reload has failed for good; a single <c>bind()</c> is tried again by nginx.</summary>
    public static bool GaveUp(string log) =>
        log.Split('\n').Any(l => l.Contains("[emerg]", StringComparison.Ordinal) && !Bind().IsMatch(l));

    private static string? LastEmergency(string text) =>
        Emergency().Matches(text).LastOrDefault() is { } match ? match.Groups[1].Value.Trim() : null;

    [GeneratedRegex(@"\[emerg\] (?:\d+#\d+: )?(.+)")]
    private static partial Regex Emergency();

    [GeneratedRegex(@"bind\(\) to (\S+) failed \(\d+: ([^)]+)\)")]
    private static partial Regex Bind();
}
