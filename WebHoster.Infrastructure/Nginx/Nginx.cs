using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Processes;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>The only place that spells nginx's flags.</summary>
public sealed class Nginx(CommandRunner runner, IOptions<NginxSettings> settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The line that runs an instance in the foreground, for whoever supervises it.</summary>
    public Command Foreground(NginxInstance instance) =>
        Call(instance, instance.Configuration, "-g", "daemon off;");

    /// <summary>Whether nginx can read <paramref name="configuration"/>; 0 does not mean that it can listen where that says.</summary>
    public Task<CommandResult> TestAsync(NginxInstance instance, string configuration, CancellationToken ct) =>
        runner.TryAsync(Call(instance, configuration, "-q", "-t"), ct);

    /// <summary>Tells the running instance to read its files; 0 only means that the signal was sent.</summary>
    public Task ReloadAsync(NginxInstance instance, CancellationToken ct) =>
        runner.RunAsync(Call(instance, instance.Configuration, "-s", "reload"), ct);

    private Command Call(NginxInstance instance, string configuration, params string[] more) =>
        new(settings.Value.Program, ["-c", configuration, "-p", instance.Folder, .. more], Patience);
}
