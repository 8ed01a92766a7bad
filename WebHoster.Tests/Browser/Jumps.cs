using Microsoft.Playwright;

namespace WebHoster.Tests.Browser;

/// <summary>How far a page's parts move while it loads, as browsers measure it (layout shift).</summary>
internal static class Jumps
{
    /// <summary>So little is seen by nobody.</summary>
    public const double Unnoticed = 0.02;

    /// <summary>Of every page that is opened from now on.</summary>
    public static Task WatchAsync(IPage page) => page.AddInitScriptAsync(
        """
        window.jumps = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.jumps += e.value; }).observe({ type: 'layout-shift', buffered: true });
        """);

    public static Task<double> SoFarAsync(IPage page) => page.EvaluateAsync<double>("window.jumps");
}
