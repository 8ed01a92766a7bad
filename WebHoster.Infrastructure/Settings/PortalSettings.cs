using System.ComponentModel.DataAnnotations;

namespace WebHoster.Infrastructure.Settings;

/// <summary>Section <c>Portal</c>: pages and API, and the nginx that may stand in front of them.</summary>
public sealed class PortalSettings
{
    /// <summary>Where the program listens, in plain HTTP.</summary>
    [Range(1, 65535, ErrorMessage = "Portal:Port is 1-65535.")]
    public int Port { get; set; } = 8080;

    /// <summary>The address on which the program listens; <c>*</c> for all, empty for all unless TLS is taken on this host.</summary>
    [RegularExpression(@"\A(\*|[0-9a-fA-F.:\[\]]{2,41})?\z", ErrorMessage = "Portal:Listen is an address, or * for all.")]
    public string Listen { get; set; } = "";

    public string ListenAddress => Listen != "" ? Listen : Tls ? "127.0.0.1" : "*";

    /// <summary>Where this host finds the program.</summary>
    public string OwnAddress => ListenAddress is "*" ? "127.0.0.1" : ListenAddress;

    /// <summary>The portal's own name; empty where it is the host's, which the customers' sites have, too.</summary>
    [RegularExpression(@"\A[A-Za-z0-9.-]{0,253}\z", ErrorMessage = "Portal:Host is a host name.")]
    public string Host { get; set; } = "";

    /// <summary>Whether an nginx of ours takes TLS in front of the program.</summary>
    public bool Tls { get; set; }

    [Range(1, 65535, ErrorMessage = "Portal:TlsPort is 1-65535.")]
    public int TlsPort { get; set; } = 443;

    /// <summary>PEM file with the certificate and its chain; empty for one that we sign ourselves.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>PEM file with the certificate's key.</summary>
    public string CertificateKey { get; set; } = "";

    /// <summary>Where that nginx finds the program, as host:port; empty for <see cref="Port"/> on this host.</summary>
    [RegularExpression(@"\A([A-Za-z0-9.-]+:[0-9]{1,5})?\z", ErrorMessage = "Portal:Upstream is host:port.")]
    public string Upstream { get; set; } = "";

    /// <summary>Where people find the portal, where a proxy of somebody else's stands in front of it; empty for what follows from the others.</summary>
    public string PublicUrl { get; set; } = "";

    public bool HasOwnCertificate => Certificate != "";
}
