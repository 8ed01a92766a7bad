namespace WebHoster.Infrastructure.Telemetry;

/// <summary>A worker's own figures as it last wrote them down: it has no port where they could be asked for.</summary>
public sealed class WorkerReport(string worker, DateTimeOffset at, string figures)
{
    public const int MaxNameLength = 200;

    /// <summary>Host and process: a worker that starts anew counts from 0 and is another.</summary>
    public string Worker { get; private set; } = worker;

    public DateTimeOffset At { get; private set; } = at;

    /// <summary>JSON: by the metric's name, its series.</summary>
    public string Figures { get; private set; } = figures;
}
