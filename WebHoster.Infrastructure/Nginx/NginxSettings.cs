using System.ComponentModel.DataAnnotations;
using System.Net;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>Section <c>Nginx</c>: the program that publishes sites and SSH ports.</summary>
public sealed class NginxSettings
{
    [Required(ErrorMessage = "Nginx:Program is needed: nginx, or an absolute path to it.")]
    public string Program { get; set; } = "nginx";

    /// <summary>Whom the worker processes run as; needs to be able to pass through the data directory.</summary>
    [RegularExpression(@"\A[a-z_][a-z0-9_-]{0,30}\z", ErrorMessage = "Nginx:User is a Linux user name.")]
    public string User { get; set; } = "www-data";

    /// <summary>Addresses to listen on; none for all, IPv6 included where the host has it.</summary>
    public string[] Listen { get; set; } = [];

    /// <summary>Debian and Ubuntu ship stream as a module; loaded where this file exists, else taken as built in.</summary>
    public string StreamModule { get; set; } = "/usr/lib/nginx/modules/ngx_stream_module.so";

    /// <summary>How long the running nginx has to take a new configuration.</summary>
    [Range(1, 300, ErrorMessage = "Nginx:ConfirmSeconds is 1-300.")]
    public int ConfirmSeconds { get; set; } = 15;

    /// <summary>Where the templates are; they travel with the program.</summary>
    public string Templates { get; set; } = Path.Combine(AppContext.BaseDirectory, "nginx");

    internal IReadOnlyList<IPAddress> ListenAddresses() =>
        Listen.Length > 0 ? [.. Listen.Select(IPAddress.Parse)]
        : HostHasIpv6() ? [IPAddress.Any, IPAddress.IPv6Any]
        : [IPAddress.Any];

    private static bool HostHasIpv6() =>
        File.Exists("/proc/net/if_inet6") && File.ReadAllText("/proc/net/if_inet6").Length > 0;
}
