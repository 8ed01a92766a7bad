namespace WebHoster.Infrastructure.Telemetry;

/// <summary>A metric's figures in this process. Any number of threads may write and read.</summary>
public sealed class Tally(Metric metric)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Cell> _cells = [];

    public Metric Metric => metric;

    /// <summary>Adds to a counter, or to a gauge that goes up and down.</summary>
    public void Add(double amount, params string[] labels)
    {
        lock (_gate)
            CellOf(labels).Value += amount;
    }

    /// <summary>Puts one value into a histogram.</summary>
    public void Observe(double value, params string[] labels)
    {
        lock (_gate)
        {
            var cell = CellOf(labels);
            cell.Value += value;
            var bucket = Array.FindIndex(metric.Bounds, bound => value <= bound);
            cell.Buckets[bucket < 0 ? metric.Bounds.Length : bucket]++;
        }
    }

    /// <summary>Sets a gauge.</summary>
    public void Set(double value, params string[] labels)
    {
        lock (_gate)
            CellOf(labels).Value = value;
    }

    /// <summary>Forgets what was there: of these series, and of no other, there is something to say.</summary>
    public void Replace(IEnumerable<Series> series)
    {
        lock (_gate)
        {
            _cells.Clear();
            foreach (var one in series)
                CellOf(one.Labels).Value = one.Value;
        }
    }

    public MetricFamily Read()
    {
        lock (_gate)
        {
            return new MetricFamily(metric, [.. _cells.Values.Select(c => new Series(
                c.Labels, c.Value, metric.Type == MetricType.Histogram ? [.. c.Buckets] : null))]);
        }
    }

    private Cell CellOf(string[] labels)
    {
        if (labels.Length != metric.Labels.Length)
            throw new ArgumentException($"{metric.Name} has the labels {string.Join(", ", metric.Labels)}.");
        // A character that no label holds.
        var key = string.Join('\0', labels);
        if (!_cells.TryGetValue(key, out var cell))
            _cells[key] = cell = new Cell(labels, new long[metric.Bounds.Length + 1]);
        return cell;
    }

    private sealed class Cell(string[] labels, long[] buckets)
    {
        public string[] Labels => labels;

        public long[] Buckets => buckets;

        public double Value { get; set; }
    }
}
