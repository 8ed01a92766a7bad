using Microsoft.Extensions.DependencyInjection;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

/// <summary>Who waits for nginx at the same time shares one reload.</summary>
[Trait("Category", "Integration")]
public sealed class BatchingTests : IAsyncLifetime
{
    private readonly NginxHost host = new();
    private readonly List<SiteRoute> sites = [];
    private readonly TaskCompletionSource reading = new();
    private readonly TaskCompletionSource goOn = new();
    private int reads;

    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task AHundredCallersAtOnceCostTwoReloadsAndEachFindsItsOwnSiteServed()
    {
        var before = host.Loaded(host.Sites);
        var first = PublishAsync("site000");
        await reading.Task;

        // All of these call while the first one's run is under way.
        var others = Enumerable.Range(1, 99).Select(n => PublishAsync($"site{n:000}")).ToList();
        goOn.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.Equal((2, 2), (reads, host.Loaded(host.Sites) - before));
    }

    [Fact]
    public async Task CallersOfTwoWorkersEachFindTheirOwnSiteServed()
    {
        await using var other = host.Build();
        goOn.SetResult();

        await Task.WhenAll(Enumerable.Range(0, 30).Select(n =>
            PublishAsync($"site{n:00}", n % 2 == 0 ? host.Proxy : other.GetRequiredService<NginxReverseProxy>())));
    }

    [Fact]
    public async Task AFailureIsToldToEveryCallerThatSharedTheRun()
    {
        var first = PublishAsync("first");
        await reading.Task;
        var others = Enumerable.Range(0, 5).Select(n => PublishAsync($"site{n}")).ToList();
        await File.WriteAllTextAsync(Path.Combine(host.Sites.Custom, "mine.conf"), "gibberish on;");
        goOn.SetResult();

        foreach (var call in others.Append(first))
            Assert.Contains("gibberish", (await Assert.ThrowsAsync<HostException>(() => call)).Message);
    }

    [Fact]
    public async Task ACallerWhoGivesUpDoesNotTakeTheRunFromTheOthers()
    {
        using var givenUp = new CancellationTokenSource();
        var first = PublishAsync("first", ct: givenUp.Token);
        await reading.Task;
        var second = PublishAsync("second");
        var third = PublishAsync("third", ct: givenUp.Token);

        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        goOn.SetResult();
        await second;
    }

    private async Task PublishAsync(string slug, NginxReverseProxy? proxy = null, CancellationToken ct = default)
    {
        lock (sites)
            sites.Add(new SiteRoute(slug, null, "stopped"));
        await (proxy ?? host.Proxy).ApplyLatestAsync(ReadAsync, ct);
        Assert.Equal(503, (await host.Proxy.AskSiteAsync(slug, ct)).Status);
    }

    private async Task<RouteTable> ReadAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref reads);
        RouteTable table;
        lock (sites)
            table = new RouteTable([.. sites], []);
        reading.TrySetResult();
        await goOn.Task.WaitAsync(ct);
        return table;
    }
}
