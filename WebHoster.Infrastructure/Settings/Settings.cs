using System.ComponentModel.DataAnnotations;
using System.Net;
using WebHoster.Core.Accounts;
using WebHoster.Core.Hostings;
using WebHoster.Core.Slots;

namespace WebHoster.Infrastructure.Settings;

/// <summary>Section <c>Install</c>: who this install is. Every name on the host derives from <see cref="Name"/>.</summary>
public sealed class InstallSettings
{
    /// <summary>2-8 lower-case letters and digits; prefix of domains, bridge, firewall table and system user.</summary>
    [RegularExpression(@"\A(?!(filter|nat|raw|mangle)\z)[a-z][a-z0-9]{1,7}\z", ErrorMessage = "Install:Name has 2-8 of a-z and 0-9, a letter first, and is no other firewall's table.")]
    public string Name { get; set; } = "wh";

    [Required(ErrorMessage = "Install:DataPath is needed: the data directory, absolute.")]
    public string DataPath { get; set; } = "/var/lib/webhoster";

    /// <summary>The name in URLs and SSH commands.</summary>
    [RegularExpression(@"\A[A-Za-z0-9.:\[\]-]{1,253}\z", ErrorMessage = "Install:Host is a host name or an address.")]
    public string Host { get; set; } = "localhost";

    /// <summary><c>local</c>, or <c>production</c>: then weak secrets and open doors are refused at start.</summary>
    [RegularExpression("local|production", ErrorMessage = "Install:Mode is local or production.")]
    public string Mode { get; set; } = "local";

    public bool IsProduction => Mode == "production";

    public string Run => Path.Combine(DataPath, "run");

    public string Machines => Path.Combine(DataPath, "machines");

    public string Secrets => Path.Combine(DataPath, "secrets");
}

/// <summary>Section <c>Sites</c>: the nginx that serves customers' sites.</summary>
public sealed class SitesSettings
{
    [Range(1, 65535, ErrorMessage = "Sites:Port is 1-65535.")]
    public int Port { get; set; } = 80;
}

/// <summary>Section <c>Ssh</c>: the range of public SSH ports; slot n has port <c>FirstPort + n</c>.</summary>
public sealed class SshSettings
{
    [Range(1024, 65535, ErrorMessage = "Ssh:FirstPort is 1024-65535.")]
    public int FirstPort { get; set; } = 10000;

    [Range(1024, 65535, ErrorMessage = "Ssh:LastPort is 1024-65535.")]
    public int LastPort { get; set; } = 20000;
}

/// <summary>Section <c>Network</c>: the bridge that guests are on.</summary>
public sealed class NetworkSettings
{
    [RegularExpression(@"\A[a-z][a-z0-9-]{1,13}\z", ErrorMessage = "Network:Bridge is an interface name of at most 14 characters.")]
    public string Bridge { get; set; } = "wh0";

    [Required(ErrorMessage = "Network:Subnet is needed, such as 10.86.0.0/18.")]
    public string Subnet { get; set; } = "10.86.0.0/18";
}

/// <summary>Section <c>Images</c>: templates.</summary>
public sealed class ImagesSettings
{
    /// <summary>Absolute; empty for <c>images</c> in the data directory.</summary>
    public string Path { get; set; } = "";

    /// <summary>Which template new machines get: a folder below <see cref="Path"/>, or a link to one.</summary>
    public string Default { get; set; } = "current";
}

/// <summary>Section <c>Hypervisor</c>.</summary>
public sealed class HypervisorSettings
{
    public string Uri { get; set; } = "qemu:///system";

    /// <summary><c>kvm</c> or <c>tcg</c> (software emulation).</summary>
    [RegularExpression("kvm|tcg", ErrorMessage = "Hypervisor:Accelerator is kvm or tcg.")]
    public string Accelerator { get; set; } = "tcg";

    /// <summary>How long libvirt may be away, for a restart, before what needs it fails. In seconds.</summary>
    [Range(0, 600, ErrorMessage = "Hypervisor:PatienceSeconds is 0-600.")]
    public int PatienceSeconds { get; set; } = 30;
}

/// <summary>Section <c>Guest</c>: what a new machine is like.</summary>
public sealed class GuestSettings
{
    [RegularExpression(@"\A[a-z_][a-z0-9_-]{0,30}\z", ErrorMessage = "Guest:User is a Linux user name.")]
    public string User { get; set; } = "ubuntu";

    [Range(Plan.MinMemoryMb, Plan.MaxMemoryMb, ErrorMessage = "Guest:MemoryMb is at least 256.")]
    public int MemoryMb { get; set; } = 1024;

    [Range(1, Plan.MaxVcpus, ErrorMessage = "Guest:Vcpus is 1-64.")]
    public int Vcpus { get; set; } = 1;

    [Range(Plan.MinDiskGb, Plan.MaxDiskGb, ErrorMessage = "Guest:DiskGb is 4-4096.")]
    public int DiskGb { get; set; } = 10;

    /// <summary>Where its web server listens.</summary>
    [Range(1, 65535, ErrorMessage = "Guest:HttpPort is 1-65535.")]
    public int HttpPort { get; set; } = 80;

    /// <summary>Where its SSH server listens.</summary>
    [Range(1, 65535, ErrorMessage = "Guest:SshPort is 1-65535.")]
    public int SshPort { get; set; } = 22;

    public MachineSize Size => new(MemoryMb, Vcpus, DiskGb);
}

/// <summary>Section <c>Engine</c>: times in seconds unless the name says otherwise.</summary>
public sealed class EngineSettings
{
    /// <summary>How many hostings one worker works on at once.</summary>
    [Range(1, 64, ErrorMessage = "Engine:Parallelism is 1-64.")]
    public int Parallelism { get; set; } = 4;

    [Range(1, 3600, ErrorMessage = "Engine:LeaseSeconds is 1-3600.")]
    public int LeaseSeconds { get; set; } = 30;

    [Range(1, 3600, ErrorMessage = "Engine:ScanSeconds is 1-3600.")]
    public int ScanSeconds { get; set; } = 10;

    /// <summary>How often what nobody owns is looked for; it goes when it was seen twice.</summary>
    [Range(1, 86400, ErrorMessage = "Engine:SweepSeconds is 1-86400.")]
    public int SweepSeconds { get; set; } = 60;

    /// <summary>From request to ready; past it a create is undone.</summary>
    [Range(10, 7200, ErrorMessage = "Engine:CreateDeadlineSeconds is 10-7200.")]
    public int CreateDeadlineSeconds { get; set; } = 900;

    /// <summary>How long a started guest has to answer HTTP and SSH.</summary>
    [Range(5, 7200, ErrorMessage = "Engine:ReadySeconds is 5-7200.")]
    public int ReadySeconds { get; set; } = 600;

    /// <summary>How long a guest has to shut down before it is forced.</summary>
    [Range(1, 3600, ErrorMessage = "Engine:ShutdownGraceSeconds is 1-3600.")]
    public int ShutdownGraceSeconds { get; set; } = 60;

    /// <summary>The longest that any outside program may take; most have a shorter limit of their own.</summary>
    [Range(1, 3600, ErrorMessage = "Engine:CommandSeconds is 1-3600.")]
    public int CommandSeconds { get; set; } = 120;

    [Range(0, 3650, ErrorMessage = "Engine:SlotRestDays is 0-3650.")]
    public int SlotRestDays { get; set; } = 30;
}

/// <summary>Section <c>Jwt</c>: access tokens of the API.</summary>
public sealed class JwtSettings
{
    /// <summary>The signing key itself (at least 32 characters); wins over <see cref="KeyFile"/>.</summary>
    public string Key { get; set; } = "";

    /// <summary>A file that holds the key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The key before the last change: its tokens still count, but none is signed with it any more.</summary>
    public string PreviousKey { get; set; } = "";

    /// <summary>A file that holds the previous key.</summary>
    public string PreviousKeyFile { get; set; } = "";

    public string Issuer { get; set; } = "webhoster";

    public string Audience { get; set; } = "webhoster";

    [Range(1, 525600, ErrorMessage = "Jwt:Minutes is 1-525600.")]
    public int Minutes { get; set; } = 1440;
}

/// <summary>Section <c>Cors</c>: origins of scripts in other people's pages; none by default.</summary>
public sealed class CorsSettings
{
    public string[] Origins { get; set; } = [];
}
