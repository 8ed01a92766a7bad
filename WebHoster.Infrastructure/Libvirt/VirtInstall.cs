using Microsoft.Extensions.Options;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>
/// The one place that spells virt-install's flags. It only prints the XML: left to start the guest itself, it defines the
/// domain after starting it, and killed in between it leaves a running domain that nobody has defined.
/// </summary>
public sealed class VirtInstall(LibvirtCommands commands, IOptions<HypervisorSettings> settings, IOptions<NetworkSettings> network)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <param name="again">The domain is there already: virt-install would refuse its MAC, as another machine's.</param>
    public Task<string> PrintXmlAsync(MachineSpec spec, MachineFolder folder, Template template, int group, bool again, CancellationToken ct)
    {
        List<string> arguments =
        [
            "--connect", settings.Value.Uri,
            "--print-xml", "1",
            "--virt-type", settings.Value.Accelerator == "kvm" ? "kvm" : "qemu",
            "--name", folder.DomainName,
            "--uuid", spec.Id.ToString(),
            "--metadata", $"title={spec.Slug}",
            "--memory", spec.MemoryMb.ToString(),
            "--vcpus", spec.Vcpus.ToString(),
            "--import",
            "--osinfo", "detect=off,require=off",
            // DomainXml adds the disks: for a path, virt-install defines a storage pool around it, and leaves that behind.
            "--disk", "none",
            "--network", $"network={network.Value.Bridge},model=virtio,mac={spec.Mac},filterref.filter={NetworkPort.CleanTraffic}",
            "--controller", "type=usb,model=none",
            "--graphics", "none",
            "--serial", $"unix,path={folder.ConsoleSocket},mode=bind,log.file={folder.ConsoleLog}",
            "--channel", "unix,target.type=virtio,target.name=org.qemu.guest_agent.0",
            "--rng", "/dev/urandom",
            // A uid per guest. libvirt relabels what it makes itself; DomainXml keeps it from the disks.
            "--seclabel", $"model=dac,type=static,label=+{spec.Uid}:+{group},relabel=yes",
            "--noautoconsole",
        ];
        if (again)
            arguments.AddRange(["--check", "mac_in_use=off"]);
        if (settings.Value.Accelerator == "kvm")
            arguments.AddRange(["--cpu", "host-passthrough"]);
        if (template.Kernel is not null)
            arguments.AddRange(["--boot", $"kernel={folder.Kernel},initrd={folder.Initrd},kernel_args='{template.CommandLine}'"]);
        return commands.RunAsync(new Command("virt-install", arguments, Timeout), ct);
    }
}
