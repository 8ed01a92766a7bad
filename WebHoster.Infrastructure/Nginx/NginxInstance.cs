using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Nginx;

public enum NginxProtocol { Http, Stream }

/// <summary>One of our nginx processes: where its files are, and whether it runs.</summary>
/// <param name="Name"><c>sites</c>, <c>ssh</c> or <c>portal</c>.</param>
/// <param name="Folder">Its prefix (<c>-p</c>).</param>
public sealed record NginxInstance(
    string Name, NginxProtocol Protocol, string Folder, string PidFile, string ControlSocket, string ErrorLog, string AccessLog)
{
    public static NginxInstance Sites(InstallSettings install) => At(install, "sites", NginxProtocol.Http);

    public static NginxInstance Ssh(InstallSettings install) => At(install, "ssh", NginxProtocol.Stream);

    /// <summary>Takes TLS for the portal, where that is wanted.</summary>
    public static NginxInstance Portal(InstallSettings install) => At(install, "portal", NginxProtocol.Http);

    public string Configuration => Path.Combine(Folder, "nginx.conf");

    public string Custom => Path.Combine(Folder, "custom");

    /// <summary>Where a client of an ACME service puts its answers (its "web root").</summary>
    public string Acme => Path.GetFullPath(Path.Combine(Folder, "..", "acme"));

    public string Temp => Path.Combine(Folder, "temp");

    /// <summary>
    /// The master's process id, or null where it does not run. A pid file alone proves nothing: it outlives a killed nginx,
    /// and its number gets reused.
    /// </summary>
    public int? RunningPid()
    {
        try
        {
            if (!int.TryParse(File.ReadAllText(PidFile).Trim(), out var pid))
                return null;
            var title = File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
            return title.Contains("nginx: master", StringComparison.Ordinal)
                && title.Contains(Configuration, StringComparison.Ordinal) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static NginxInstance At(InstallSettings install, string name, NginxProtocol protocol) => new(
        name,
        protocol,
        Path.Combine(install.DataPath, "nginx", name),
        Path.Combine(install.Run, $"nginx-{name}.pid"),
        Path.Combine(install.Run, $"nginx-{name}-control.sock"),
        Path.Combine(install.DataPath, "logs", $"nginx-{name}-error.log"),
        Path.Combine(install.DataPath, "logs", $"nginx-{name}-access.log"));
}
