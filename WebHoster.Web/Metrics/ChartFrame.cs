using System.Globalization;
using System.Text;

namespace WebHoster.Web.Metrics;

/// <summary>The window that a chart looks through, and how values become coordinates in it. Pure.</summary>
/// <param name="Step">The time that one point stands for.</param>
/// <param name="Top">The value at the upper edge; the lower one is 0.</param>
public sealed record ChartFrame(DateTimeOffset From, DateTimeOffset To, TimeSpan Step, double Top)
{
    /// <summary>Of the SVG's own coordinates, which are stretched to whatever room there is.</summary>
    public const int Width = 1000, Height = 200;

    /// <summary>So many steps without a value are a gap: nothing is drawn over a time of which nothing is known.</summary>
    private const double Gap = 2.5;

    private const double SmallestTop = 1024;

    private const double FewestOfThings = 4;

    /// <summary>A round value at or above the highest: 100 for per cent, a power of two for bytes; of things an even number, so that half of it is one.</summary>
    /// <param name="least">Something that has to be in the picture as well, such as all of a machine's memory.</param>
    public static double TopOf(ChartUnit unit, IEnumerable<ChartSeries> series, double least = 0)
    {
        if (unit == ChartUnit.Percent)
            return 100;
        var highest = Math.Max(least, series.SelectMany(s => s.Points).Select(p => p.Value).DefaultIfEmpty().Max());
        if (unit == ChartUnit.Count)
            return RoundNumber(highest);
        return least >= highest && least > 0 ? least : Math.Max(SmallestTop, Math.Pow(2, Math.Ceiling(Math.Log2(Math.Max(1, highest)))));
    }

    private static double RoundNumber(double highest)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, highest))));
        return Math.Max(FewestOfThings, new[] { 1, 2, 4, 6, 10 }.Select(n => n * power).First(n => n >= highest));
    }

    /// <summary>The path of a line, broken where values are missing.</summary>
    public string Line(ChartSeries series) => Path(series, closed: false);

    /// <summary>The path of what lies under the line.</summary>
    public string Area(ChartSeries series) => Path(series, closed: true);

    /// <summary>For <c>wh-chart</c>, which tells the values under the pointer: the first step's Unix time, then a value or nothing for each step.</summary>
    public string Values(ChartSeries series)
    {
        if (series.Points.Count == 0)
            return "";
        var text = new StringBuilder(Number(series.Points[0].At.ToUnixTimeSeconds()));
        var next = 0;
        for (var at = series.Points[0].At; next < series.Points.Count; at += Step)
        {
            text.Append(',');
            if (series.Points[next].At > at)
                continue;
            text.Append(Number(series.Points[next].Value));
            next++;
        }
        return text.ToString();
    }

    private string Path(ChartSeries series, bool closed)
    {
        var path = new StringBuilder();
        foreach (var run in Runs(series.Points))
        {
            path.Append(closed ? $"M{X(run[0])} {Height}L" : "M");
            path.AppendJoin('L', run.Select(p => $"{X(p)} {Y(p)}"));
            // A single value between two gaps would be a line of no length.
            if (!closed && run.Count == 1)
                path.Append(CultureInfo.InvariantCulture, $"h1");
            if (closed)
                path.Append(CultureInfo.InvariantCulture, $"L{X(run[^1])} {Height}Z");
        }
        return path.ToString();
    }

    private IEnumerable<List<ChartPoint>> Runs(IReadOnlyList<ChartPoint> points)
    {
        List<ChartPoint> run = [];
        foreach (var point in points)
        {
            if (run.Count > 0 && point.At - run[^1].At > Step * Gap)
            {
                yield return run;
                run = [];
            }
            run.Add(point);
        }
        if (run.Count > 0)
            yield return run;
    }

    private string X(ChartPoint point) => Number(Math.Clamp((point.At - From) / (To - From), 0, 1) * Width);

    private string Y(ChartPoint point) => Number(Height - Math.Clamp(point.Value / Top, 0, 1) * Height);

    private static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);
}
