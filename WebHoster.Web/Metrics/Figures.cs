using WebHoster.Core.Hostings;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Metrics;

/// <summary>Figures of machines as people read them; the one place, but for <c>chart.js</c>, which does the same under the pointer.</summary>
public static class Figures
{
    public static string Text(Texts texts, ChartUnit unit, double value) => unit switch
    {
        ChartUnit.Percent => texts.Percent(value / 100),
        ChartUnit.Bytes => texts.Bytes(value),
        ChartUnit.Count => texts.Number(value),
        ChartUnit.BytesPerSecond => texts["{0}/s", texts.Bytes(value)],
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, null),
    };

    /// <summary>Such as “1 vCPU · 1 GB memory · 10 GB disk”.</summary>
    public static string Size(Texts texts, MachineSize size) => texts[
        "{0} vCPU · {1} memory · {2} disk", size.Vcpus, texts.Bytes((double)size.MemoryMb * (1 << 20)), texts.Bytes((double)size.DiskGb * (1 << 30))];
}
