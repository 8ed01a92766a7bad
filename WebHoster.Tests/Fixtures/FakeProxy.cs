using WebHoster.Core.Ports;

namespace WebHoster.Tests.Fixtures;

/// <summary>A proxy in memory; a site that is routed to a guest shows what the guest shows.</summary>
internal sealed class FakeProxy(FakeHypervisor hypervisor) : IReverseProxy
{
    private volatile RouteTable _table = new([], []);

    /// <summary>Called with the table that is about to be served: may throw, or wait.</summary>
    public Func<RouteTable, Task> BeforeApply { get; set; } = _ => Task.CompletedTask;

    public RouteTable Table => _table;

    public async Task ApplyLatestAsync(Func<CancellationToken, Task<RouteTable>> readAsync, CancellationToken ct)
    {
        var table = await readAsync(ct);
        await BeforeApply(table);
        _table = table;
    }

    /// <summary>What is quarantined, with the reason; by slug.</summary>
    public Dictionary<string, string> Quarantined { get; } = [];

    public IReadOnlyList<QuarantinedRoute> Quarantine(RouteTable table) =>
        [.. table.Sites.Where(s => Quarantined.ContainsKey(s.Slug)).Select(s => new QuarantinedRoute(s.Slug, Quarantined[s.Slug]))];

    /// <summary>Slots whose port another program has.</summary>
    public IReadOnlySet<int> Foreign { get; set; } = new HashSet<int>();

    public IReadOnlySet<int> ForeignSlots(IEnumerable<int> slots) => slots.Where(Foreign.Contains).ToHashSet();

    public Task<bool> IsAppliedAsync(RouteTable table, CancellationToken ct) => Task.FromResult(
        table.Sites.SequenceEqual(_table.Sites) && table.SshSlots.SequenceEqual(_table.SshSlots));

    public Task<bool> KnowsSiteAsync(string slug, CancellationToken ct) => Task.FromResult(_table.Sites.Any(s => s.Slug == slug));

    public async Task<(int Status, string Body)> AskSiteAsync(string slug, CancellationToken ct)
    {
        if (_table.Sites.FirstOrDefault(s => s.Slug == slug) is not { Address: { } address })
            return (503, "");
        return hypervisor.SpecAt(address) is { } spec && (await hypervisor.AskGuestAsync(spec, ct)) is { Http: true } answer
            ? (200, answer.Body) : (502, "");
    }

    public Task<bool> AskSshAsync(int port, CancellationToken ct) => Task.FromResult(hypervisor.GuestsAnswer);
}
