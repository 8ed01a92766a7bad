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
