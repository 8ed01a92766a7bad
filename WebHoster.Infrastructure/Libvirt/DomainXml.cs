using System.Xml.Linq;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>What virt-install cannot say, or says with side effects: disks, whose machine it is, what its network port may do. Pure.</summary>
public static class DomainXml
{
    private const int MemoryPeriodSeconds = 10;

    private static readonly XNamespace Ours = "urn:webhoster:machine:1";

    /// <summary>Adds the disks, the metadata by which a machine is recognised, port isolation and the one address it may use.</summary>
    /// <param name="backingFile">The template's disk, shared by many guests.</param>
    public static string Complete(string printed, MachineSpec spec, MachineFolder files, string backingFile, Guid installId)
    {
        var domain = XElement.Parse(printed);
        domain.Element("title")!.AddAfterSelf(new XElement("metadata", new XElement(
            Ours + "machine",
            new XAttribute(XNamespace.Xmlns + "wh", Ours.NamespaceName),
            new XAttribute("install", installId),
            new XAttribute("id", spec.Id),
            new XAttribute("generation", spec.Generation))));

        domain.Element("devices")!.Element("emulator")!.AddAfterSelf(
            Disk(files.Disk, "qcow2", "vda", new XElement(
                "backingStore", new XAttribute("type", "file"),
                new XElement("format", new XAttribute("type", "qcow2")),
                Source(backingFile),
                new XElement("backingStore"))),
            // Not a CD-ROM, for which the distributions' cloud kernels have no driver.
            Disk(files.Seed, "raw", "vdb", new XElement("readonly")));

        // Without a period the guest is never asked what its memory is used for.
        domain.Element("devices")!.Add(new XElement(
            "memballoon", new XAttribute("model", "virtio"), new XElement("stats", new XAttribute("period", MemoryPeriodSeconds))));

        var nic = domain.Element("devices")!.Element("interface")!;
        nic.Element("filterref")!.Add(
            new XElement("parameter", new XAttribute("name", "IP"), new XAttribute("value", spec.Address)));
        nic.Add(new XElement("port", new XAttribute("isolated", "yes")));
        return domain.ToString();
    }

    private static XElement Disk(string file, string format, string target, XElement more) => new(
        "disk", new XAttribute("type", "file"), new XAttribute("device", "disk"),
        new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", format), new XAttribute("discard", "unmap")),
        Source(file), new XElement("target", new XAttribute("dev", target), new XAttribute("bus", "virtio")), more);

    /// <summary>Left alone, libvirt would give the shared template to the latest guest, which could then change it.</summary>
    private static XElement Source(string file) => new(
        "source", new XAttribute("file", file),
        new XElement("seclabel", new XAttribute("model", "dac"), new XAttribute("relabel", "no")));

    /// <summary>The template's disk under the machine's own; null where the domain does not say.</summary>
    public static string? ReadBackingFile(string xml) => XElement.Parse(xml).Element("devices")?.Elements("disk")
        .Select(d => d.Element("backingStore")?.Element("source")?.Attribute("file")?.Value).FirstOrDefault(f => f is not null);

    /// <summary>Install and generation from the metadata; null where the domain is not WebHoster's.</summary>
    public static (Guid Install, Guid Id, int Generation)? ReadMetadata(string xml)
    {
        var mark = XElement.Parse(xml).Element("metadata")?.Element(Ours + "machine");
        return mark is not null
            && Guid.TryParse(mark.Attribute("install")?.Value, out var install)
            && Guid.TryParse(mark.Attribute("id")?.Value, out var id)
            && int.TryParse(mark.Attribute("generation")?.Value, out var generation)
                ? (install, id, generation)
                : null;
    }
}
