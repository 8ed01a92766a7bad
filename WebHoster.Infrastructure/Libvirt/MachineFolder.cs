using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>Where a machine's things are; all of it follows from the install's name and the machine's id.</summary>
public sealed class MachineFolder(InstallSettings install, Guid id)
{
    public string DomainName { get; } = $"{install.Name}-{id}";

    public string Path { get; } = System.IO.Path.Combine(install.Machines, id.ToString());

    /// <summary>Held by every tool that changes this machine. Outside the folder: it must outlive it.</summary>
    public string LockFile { get; } = System.IO.Path.Combine(install.Run, $"machine-{id}.lock");

    public string Disk => At("disk.qcow2");

    public string Seed => At("seed.iso");

    /// <summary>The files that the seed was made from.</summary>
    public string SeedSource => At("seed");

    /// <summary>The guest's SSH identity; it stays through rebuilds, so that nobody's known_hosts complains.</summary>
    public string HostKey => At("ssh_host_ed25519_key");

    /// <summary>Copies of the template's: libvirt gives a kernel file to one uid, and refuses it to the next guest's.</summary>
    public string Kernel => At("vmlinuz");

    public string Initrd => At("initrd.img");

    public string DomainXml => At("domain.xml");

    public string ConsoleSocket => At("console.sock");

    public string ConsoleLog => At("console.log");

    /// <summary>Of disk and seed: they hold what is the customer's, and keys.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
