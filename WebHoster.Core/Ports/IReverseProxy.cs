using System.Net;

namespace WebHoster.Core.Ports;

/// <summary>A slug's entry in the sites nginx's maps.</summary>
/// <param name="Address">Where requests go, or null for the state page.</param>
/// <param name="State">Status word for the state page (<c>creating</c>, <c>stopped</c>, …).</param>
public sealed record SiteRoute(string Slug, IPAddress? Address, string State);

/// <summary>What both nginx instances have to serve.</summary>
/// <param name="Sites">Ordered by slug.</param>
/// <param name="SshSlots">Numbers of the slots in use; whole blocks of ports are opened around them.</param>
public sealed record RouteTable(IReadOnlyList<SiteRoute> Sites, IReadOnlyList<int> SshSlots);

/// <summary>A route that nginx is not given, so that it cannot hold up the others.</summary>
/// <param name="Reason">A sentence.</param>
public sealed record QuarantinedRoute(string Slug, string Reason);

/// <summary>The one writer of nginx's configuration.</summary>
public interface IReverseProxy
{
    /// <summary>
    /// Renders the table, tests, reloads and returns when the running nginx has confirmed it. Where nginx refuses, the
    /// last good configuration is put back and serves on. The table is read only when it is this caller's turn: of two
    /// callers who had read before, the later one could undo the newer table with an older. Callers who wait at the same time
    /// share one run, that reads after all of them have called: whoever's reader is used, it must read the one truth.
    /// </summary>
    /// <exception cref="Errors.HostException">nginx refused the configuration, or did not take it.</exception>
    /// <exception cref="Errors.HostBusyException">Another process has been writing for too long; nothing was changed.</exception>
    Task ApplyLatestAsync(Func<CancellationToken, Task<RouteTable>> readAsync, CancellationToken ct);

    /// <summary>Which of the table's routes nginx does not get, and why. Asks nobody.</summary>
    IReadOnlyList<QuarantinedRoute> Quarantine(RouteTable table);

    /// <summary>Which of these slots' SSH ports another program than nginx has just now.</summary>
    IReadOnlySet<int> ForeignSlots(IEnumerable<int> slots);

    /// <summary>True where the running nginx serves just this table, but for what is quarantined: nothing to do.</summary>
    Task<bool> IsAppliedAsync(RouteTable table, CancellationToken ct);

    /// <summary>
    /// True unless the running nginx, and the configuration that its next start would read, are proven not to have the slug.
    /// </summary>
    Task<bool> KnowsSiteAsync(string slug, CancellationToken ct);

    /// <summary>GET of <c>/{slug}/</c> through the real port: status code and the first 64 KiB.</summary>
    Task<(int Status, string Body)> AskSiteAsync(string slug, CancellationToken ct);

    /// <summary>True where an SSH banner comes from the public port.</summary>
    Task<bool> AskSshAsync(int port, CancellationToken ct);
}
