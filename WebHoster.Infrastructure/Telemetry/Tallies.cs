namespace WebHoster.Infrastructure.Telemetry;

/// <summary>What this process counts. Like its log, there is one for the process, whatever is put together in it.</summary>
public static class Tallies
{
    public static readonly Tally Commands = new(Catalog.Commands);
    public static readonly Tally CommandSeconds = new(Catalog.CommandSeconds);
    public static readonly Tally NginxReloads = new(Catalog.NginxReloads);
    public static readonly Tally NginxReloadSeconds = new(Catalog.NginxReloadSeconds);
    public static readonly Tally NginxQuarantined = new(Catalog.NginxQuarantined);
    public static readonly Tally Drift = new(Catalog.Drift);
    public static readonly Tally DriftChecked = new(Catalog.DriftChecked);
    public static readonly Tally Backups = new(Catalog.Backups);
    public static readonly Tally Requests = new(Catalog.Requests);
    public static readonly Tally RequestSeconds = new(Catalog.RequestSeconds);
    public static readonly Tally Circuits = new(Catalog.Circuits);

    /// <summary>A worker's, for its report.</summary>
    public static IReadOnlyList<Tally> OfWorker { get; } =
        [Commands, CommandSeconds, NginxReloads, NginxReloadSeconds, NginxQuarantined, Drift, DriftChecked, Backups];

    /// <summary>A web process's.</summary>
    public static IReadOnlyList<Tally> OfWeb { get; } = [Requests, RequestSeconds, Circuits];
}
