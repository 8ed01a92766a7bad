using System.Globalization;
using WebHoster.Core.Metrics;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>Reads what <c>virsh domstats --raw</c> says of processors, memory, disks and network. Pure.</summary>
public static class DomainFigures
{
    private const long Kibibyte = 1024;

    /// <param name="idOf">The machine behind a domain's name; null for one that is none of ours.</param>
    public static IEnumerable<MachineReading> Parse(string output, Func<string, Guid?> idOf)
    {
        foreach (var block in output.Split("Domain: '", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length == 0 || idOf(lines[0].TrimEnd('\'')) is not { } id)
                continue;
            var values = new Dictionary<string, string>(lines.Length);
            foreach (var line in lines.Skip(1))
            {
                if (line.IndexOf('=') is > 0 and var at)
                    values[line[..at]] = line[(at + 1)..];
            }
            // A domain that could not be asked at once has no disk figures, and zeros instead would be lies.
            if (Number(values, "cpu.time") is { } nanoseconds && values.ContainsKey("block.0.rd.bytes"))
                yield return ReadingOf(id, nanoseconds, values);
        }
    }

    private static MachineReading ReadingOf(Guid id, long nanoseconds, Dictionary<string, string> values) => new(
        id, TimeSpan.FromTicks(nanoseconds / 100), (int)(Number(values, "vcpu.current") ?? 1),
        Sum(values, "block", "rd.bytes"), Sum(values, "block", "wr.bytes"), Sum(values, "net", "rx.bytes"), Sum(values, "net", "tx.bytes"),
        // The first disk is the machine's own; the second one is its seed.
        Number(values, "block.0.physical"), MemoryOf(values));

    /// <summary>The guest is a stranger: whatever it says, no more is used than it has.</summary>
    private static GuestMemory? MemoryOf(Dictionary<string, string> values)
    {
        var free = Number(values, "balloon.usable") ?? Number(values, "balloon.unused");
        if (free is null || Number(values, "balloon.available") is not { } available || Number(values, "balloon.maximum") is not { } most)
            return null;
        var total = Math.Clamp(available, 0, most);
        return new GuestMemory((total - Math.Clamp(free.Value, 0, total)) * Kibibyte, total * Kibibyte);
    }

    private static long Sum(Dictionary<string, string> values, string group, string figure)
    {
        var sum = 0L;
        for (var i = 0; i < (Number(values, $"{group}.count") ?? 0); i++)
            sum += Number(values, $"{group}.{i.ToString(CultureInfo.InvariantCulture)}.{figure}") ?? 0;
        return sum;
    }

    private static long? Number(Dictionary<string, string> values, string key) =>
        values.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
