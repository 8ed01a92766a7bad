using System.Xml.Linq;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>What virt-install cannot say: whose machine it is, and what its network port may do. Pure.</summary>
public static class DomainXml
{
    private static readonly XNamespace Ours = "urn:webhoster:machine:1";

    /// <summary>Adds the metadata by which a machine is recognised, port isolation and the one address it may use.</summary>
    public static string Complete(string printed, MachineSpec spec, Guid installId)
    {
        var domain = XElement.Parse(printed);
        domain.Element("title")!.AddAfterSelf(new XElement("metadata", new XElement(
            Ours + "machine",
            new XAttribute(XNamespace.Xmlns + "wh", Ours.NamespaceName),
            new XAttribute("install", installId),
            new XAttribute("id", spec.Id),
            new XAttribute("generation", spec.Generation))));

        var nic = domain.Element("devices")!.Element("interface")!;
        nic.Element("filterref")!.Add(
            new XElement("parameter", new XAttribute("name", "IP"), new XAttribute("value", spec.Address)));
        nic.Add(new XElement("port", new XAttribute("isolated", "yes")));
        return domain.ToString();
    }

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
