using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

[Trait("Category", "Integration")]
public sealed class ApplyTests : IAsyncLifetime
{
    private readonly NginxHost host = new();

    private RouteTable Bob => new([host.Route("bob", 1)], [1]);

    private static RouteTable Stopped(string slug) => new([new SiteRoute(slug, null, "stopped")], []);

    public async Task InitializeAsync()
    {
        await host.InitializeAsync();
        await host.AddGuestAsync(1, "bob");
        await host.Proxy.ApplyAsync(Bob, default);
    }

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task TheSameTableAgainIsNoReload()
    {
        var workers = KernelSockets.AcceptingWorkers(host.Sites.RunningPid()!.Value);

        await host.Proxy.ApplyAsync(Bob, default);

        // Not that both lists are the same: right after a reload, nginx may not have all its workers yet.
        Assert.NotEmpty(workers);
        Assert.Empty(workers.Except(KernelSockets.AcceptingWorkers(host.Sites.RunningPid()!.Value)));
        Assert.True(await host.Proxy.IsAppliedAsync(Bob, default));
        Assert.False(await host.Proxy.IsAppliedAsync(Stopped("bob"), default));
    }

    [Fact]
    public async Task WhenApplyReturnsNoWorkerServesTheOldConfiguration()
    {
        var master = host.Sites.RunningPid()!.Value;
        foreach (var table in Enumerable.Repeat(new[] { Stopped("bob"), Bob }, 5).SelectMany(t => t))
        {
            var before = KernelSockets.AcceptingWorkers(master);

            await host.Proxy.ApplyAsync(table, default);

            Assert.NotEmpty(before);
            Assert.Empty(before.Intersect(KernelSockets.AcceptingWorkers(master)));
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Proxy.AskSiteAsync("bob", default)));
            Assert.All(answers, a => Assert.Equal(table.Sites[0].Address is null ? 503 : 200, a.Status));
        }
    }

    [Fact]
    public async Task AListenPortThatSomebodyHoldsIsToldAndTheOldConfigurationServesOn()
    {
        using var thief = new TcpListener(IPAddress.Loopback, 0);
        thief.Start();
        var port = ((IPEndPoint)thief.LocalEndpoint).Port;
        await using var moved = host.Build(("Sites:Port", $"{port}"));
        var before = await File.ReadAllTextAsync(host.Sites.Configuration);

        var trouble = await Assert.ThrowsAsync<HostException>(() =>
            moved.GetRequiredService<NginxReverseProxy>().ApplyAsync(Stopped("bob"), default));

        Assert.Contains($"cannot listen on 127.0.0.1:{port} (Address already in use)", trouble.Message);
        Assert.Contains("still could not bind()", trouble.Detail);
        Assert.Equal(before, await File.ReadAllTextAsync(host.Sites.Configuration));
        Assert.Equal(200, (await host.Proxy.AskSiteAsync("bob", default)).Status);
        Assert.True(await host.Proxy.IsAppliedAsync(Bob, default));
    }

    [Fact]
    public async Task TheSitesAreServedOnEveryAddressThatIsAskedFor()
    {
        if (!File.Exists("/proc/net/if_inet6"))
            return;
        await using var both = host.Build(("Nginx:Listen:1", "::1"));
        var proxy = both.GetRequiredService<NginxReverseProxy>();

        await proxy.ApplyAsync(Bob, default);

        Assert.Contains("\"guest\":\"bob\"", await host.Http.GetStringAsync($"http://[::1]:{host.SitesPort}/bob/"));
        Assert.True(await proxy.IsAppliedAsync(Bob, default));
    }

    [Fact]
    public async Task AClosedFolderAboveNginxsIsToldWithItsCure()
    {
        var closed = Directory.CreateTempSubdirectory("wh-nginx-").FullName;
        try
        {
            await using var elsewhere = host.Build(("Install:DataPath", closed));

            var trouble = await Assert.ThrowsAsync<HostException>(() =>
                elsewhere.GetRequiredService<NginxReverseProxy>().PrepareAsync(Bob, default));

            Assert.Contains($"chmod o+x {closed}", trouble.Message);
        }
        finally
        {
            Directory.Delete(closed, recursive: true);
        }
    }

    [Fact]
    public async Task AKilledNginxIsStartedAgainPastItsOwnLeftovers()
    {
        await host.KillAsync(host.Sites);
        var trouble = await Assert.ThrowsAsync<HostException>(() => host.Proxy.ApplyAsync(Stopped("bob"), default));
        Assert.Contains("sites nginx is not running", trouble.Message);
        Assert.Contains("What a killed one left behind serves on", trouble.Message);

        await host.Proxy.PrepareAsync(Stopped("bob"), default);
        await host.StartAsync(host.Sites);

        await host.Proxy.ApplyAsync(Stopped("bob"), default);
        Assert.Equal(503, (await host.Proxy.AskSiteAsync("bob", default)).Status);
    }

    [Fact]
    public async Task ASshNginxThatIsDownIsToldAndTheSitesGetTheirConfigurationAllTheSame()
    {
        await host.KillAsync(host.Ssh);

        var trouble = await Assert.ThrowsAsync<HostException>(() => host.Proxy.ApplyAsync(Stopped("bob"), default));

        Assert.Contains("ssh nginx is not running", trouble.Message);
        Assert.Equal(503, (await host.Proxy.AskSiteAsync("bob", default)).Status);
    }

    [Fact]
    public async Task OnlyTheLastTwoGenerationsStayOnDisk()
    {
        for (var n = 0; n < 5; n++)
            await host.Proxy.ApplyAsync(Stopped($"site{n}"), default);

        Assert.Equal(2, Directory.GetDirectories(Path.Combine(host.Sites.Folder, "generations")).Length);
    }
}
