using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

/// <summary>What the host's owner puts into <c>custom/</c>.</summary>
[Trait("Category", "Integration")]
public sealed class DropInTests : IAsyncLifetime
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
    public async Task ABrokenDropInIsToldAndTheOldConfigurationServesOnUntilItIsMended()
    {
        var dropIn = Path.Combine(host.Sites.Custom, "mine.conf");
        await File.WriteAllTextAsync(dropIn, "gibberish on;");

        var trouble = await Assert.ThrowsAsync<HostException>(() => host.Proxy.ApplyAsync(Stopped("bob"), default));

        Assert.Contains("unknown directive \"gibberish\"", trouble.Message);
        Assert.Contains("mine.conf:1", trouble.Message);
        Assert.Equal(200, (await host.Proxy.AskSiteAsync("bob", default)).Status);

        await File.WriteAllTextAsync(dropIn, "# nothing");
        await host.Proxy.ApplyAsync(Stopped("bob"), default);
        Assert.Equal(503, (await host.Proxy.AskSiteAsync("bob", default)).Status);
    }

    [Fact]
    public async Task ADropInThatTakesTheRealPortAwayIsUndoneInTheRunningNginxToo()
    {
        await File.WriteAllTextAsync(
            Path.Combine(host.Sites.Custom, "mine.conf"),
            $"server {{ listen 127.0.0.1:{host.SitesPort}; server_name localhost; return 418; }}");
        await using var impatient = host.Build(("Nginx:ConfirmSeconds", "2"));

        var trouble = await Assert.ThrowsAsync<HostException>(() =>
            impatient.GetRequiredService<NginxReverseProxy>().ApplyAsync(Bob, default));

        Assert.Contains("does not answer with it on its public port", trouble.Message);
        await Eventually.TrueAsync(async () => (await host.Proxy.AskSiteAsync("bob", default)).Status == 200);
    }

    [Fact]
    public async Task ADropInThatIsNewIsLoadedAndOnlyThisHostLearnsTheGeneration()
    {
        const string Generation = "/.well-known/webhoster/generation";
        await File.WriteAllTextAsync(
            Path.Combine(host.Sites.Custom, "real-ip.conf"), "set_real_ip_from 127.0.0.1; real_ip_header X-Test-Client;");
        Assert.False(await host.Proxy.IsAppliedAsync(Bob, default));

        await host.Proxy.ApplyAsync(Bob, default);

        using var own = await host.GetAsync(Generation);
        using var stranger = await host.GetAsync(Generation, ("X-Test-Client", "192.0.2.7"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (own.StatusCode, stranger.StatusCode));
    }
}
