using System.Xml.Linq;
using WebHoster.Core.Slots;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>What a machine may do on the guests' network, as its domain says. Pure.</summary>
/// <param name="Ports">More than one is one that nobody filters.</param>
/// <param name="Address">The only one from which its filter lets packets pass.</param>
/// <param name="Isolated">Kept from other guests' ports.</param>
public sealed record NetworkPort(int Ports, string? Mac, string? Filter, string? Address, bool Isolated)
{
    public const string CleanTraffic = "clean-traffic";

    public static NetworkPort Of(SlotPlan plan, int slot) => new(1, plan.Mac(slot), CleanTraffic, plan.Address(slot).ToString(), true);

    public static NetworkPort Read(string domainXml)
    {
        var ports = XElement.Parse(domainXml).Element("devices")?.Elements("interface").ToList() ?? [];
        var port = ports.FirstOrDefault();
        var filter = port?.Element("filterref");
        return new NetworkPort(
            ports.Count,
            port?.Element("mac")?.Attribute("address")?.Value,
            filter?.Attribute("filter")?.Value,
            // A filter that is given several addresses lets each of them pass.
            filter?.Elements("parameter").Where(p => p.Attribute("name")?.Value == "IP").Select(p => p.Attribute("value")?.Value).SingleOrNull(),
            port?.Element("port")?.Attribute("isolated")?.Value == "yes");
    }

    public override string ToString() =>
        $"{(Ports == 1 ? "" : $"{Ports} ports, the first ")}{Mac ?? "without MAC"}, "
        + $"{(Filter is null ? "no filter" : $"{Filter} for {Address ?? "any address"}")}{(Isolated ? "" : ", not isolated")}";
}

file static class Sequences
{
    public static string? SingleOrNull(this IEnumerable<string?> values) => values.Take(2).ToArray() is [var one] ? one : null;
}
