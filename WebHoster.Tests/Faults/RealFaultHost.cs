using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Faults;

/// <summary>The same over real machines: the host's own libvirt and QEMU, under a name, a bridge and a subnet of its own.</summary>
public sealed class RealFaultHost : FaultHost
{
    private readonly string _name = $"f{Random.Shared.Next(0x1000, 0xffff):x}";

    protected override bool Real => true;

    protected override TimeSpan Patience => TimeSpan.FromMinutes(10);

    protected override Dictionary<string, string?> SettingsIn(string folder) => new()
    {
        ["Install:Name"] = _name,
        ["Network:Bridge"] = $"{_name}0",
        ["Network:Subnet"] = $"10.88.{Random.Shared.Next(1, 250)}.0/24",
        ["Guest:HttpPort"] = "80",
        ["Guest:SshPort"] = "22",
        ["Images:Path"] = LiveInstall.SharedImages,
        ["Engine:ShutdownGraceSeconds"] = "30",
    };
}
