using System.Text.Json;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>A read-only guest image: a folder with <c>disk.qcow2</c>, <c>template.json</c> and, for direct kernel boot, kernel and initrd.</summary>
/// <param name="Kernel">Null where the image has a boot loader of its own.</param>
public sealed record Template(string Name, string Disk, string? Kernel, string? Initrd, string CommandLine)
{
    /// <param name="folder">A link is followed, so that an overlay names the real folder and outlives a newer template.</param>
    /// <exception cref="HostException">There is no complete template.</exception>
    public static Template Load(string folder)
    {
        var real = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        var manifest = Path.Combine(real, "template.json");
        if (!File.Exists(manifest) || !File.Exists(Path.Combine(real, "disk.qcow2")))
            throw new HostException($"There is no template at {folder}. Run ./webhoster up, which builds it.");
        using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
        var root = json.RootElement;
        var direct = root.GetProperty("boot").GetString() == "kernel";
        return new Template(
            root.GetProperty("name").GetString()!,
            Path.Combine(real, "disk.qcow2"),
            direct ? Path.Combine(real, "vmlinuz") : null,
            direct ? Path.Combine(real, "initrd.img") : null,
            direct ? root.GetProperty("cmdline").GetString()! : "");
    }
}
