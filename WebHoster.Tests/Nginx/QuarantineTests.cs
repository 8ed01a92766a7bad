using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

/// <summary>A bad route never holds up the others: what is written of a table is always to a real nginx's taste.</summary>
[Trait("Category", "Integration")]
public sealed partial class QuarantineTests : IAsyncLifetime
{
    private static readonly string[] Parts =
    [
        "bob", "a", "z9", "0", "-", "--", "_", ".", "..", "/", "\\", "\"", "'", ";", "{", "}", "$", "$slug", "~", "~*", "^", "*", "*.", "#", " ", "\t", "\n",
        "\r\n", "\0", "é", "ｂ", "١", "٣", "İ", "%2F", "default", "include", "hostnames", "volatile", "include /etc/passwd", "} server {", "B", "|", "=",
    ];

    private readonly NginxHost host = new();

    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task BadRoutesAreLeftOutAndAllOthersServed()
    {
        await host.AddGuestAsync(1, "bob");
        var table = new RouteTable(
            [
                host.Route("bob", 1), new("x; } location / { root /etc; }", null, "stopped"), new("far", IPAddress.Parse("192.0.2.1"), "running"),
                new("twin", null, "stopped"), host.Route("twin", 1),
            ], [1]);

        await host.Proxy.ApplyAsync(table, default);

        Assert.Equal(200, (await host.Proxy.AskSiteAsync("bob", default)).Status);
        Assert.Equal(404, (await host.Proxy.AskSiteAsync("far", default)).Status);
        Assert.Equal(404, (await host.Proxy.AskSiteAsync("twin", default)).Status);
        Assert.True(await host.Proxy.IsAppliedAsync(table, default));
        Assert.Equal(["x; } location / { root /etc; }", "far", "twin"], host.Proxy.Quarantined.Select(q => q.Slug));
        Assert.All(host.Proxy.Quarantined, q => Assert.NotEmpty(q.Reason));

        await host.Proxy.ApplyAsync(new RouteTable([host.Route("bob", 1)], [1]), default);
        Assert.Empty(host.Proxy.Quarantined);
    }

    [Fact]
    public async Task WordsOfNginxsOwnAreSlugsLikeAnyOther()
    {
        await host.AddGuestAsync(1, "theirs");
        string[] words = ["default", "include", "hostnames", "volatile"];

        await host.Proxy.ApplyAsync(new RouteTable([.. words.Select(w => host.Route(w, 1))], [1]), default);

        foreach (var word in words)
            Assert.Contains("theirs", (await host.Proxy.AskSiteAsync(word, default)).Body);
        Assert.Equal(404, (await host.Proxy.AskSiteAsync("nobody", default)).Status);
        Assert.Empty(host.Proxy.Quarantined);
        Assert.True(await host.Proxy.KnowsSiteAsync("default", default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task OfThousandsOfHostileRoutesNginxTakesWhatIsLeft(int seed)
    {
        var random = new Random(seed);
        var routes = Enumerable.Range(0, 5000).Select(_ => new SiteRoute(HostileSlug(random), HostileAddress(random), HostileSlug(random)))
            .DistinctBy(r => r.Slug).ToList();

        await host.Proxy.ApplyAsync(new RouteTable(routes, []), default);

        var bad = host.Proxy.Quarantined.Select(q => q.Slug).ToHashSet();
        var map = new GenerationStore(host.Sites).ReadFile(new GenerationStore(host.Sites).LastGood, SitesConfig.RoutesFile)!;
        var lines = map.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, l => Assert.Matches(Line(), l));
        Assert.Equal(
            routes.Select(r => r.Slug).Where(s => !bad.Contains(s)).Order(StringComparer.Ordinal), lines.Select(l => l[1..l.IndexOf(' ')]));
        Assert.All(routes.Where(r => bad.Contains(r.Slug)), r => Assert.True(
            Slug.Problem(r.Slug) is not null || !host.Plan.Subnet.Contains(r.Address!) || r.Address!.IsIPv4MappedToIPv6 || r.Address!.Equals(host.Plan.Gateway)));
        Assert.InRange(lines.Length, 100, routes.Count - 1000);
    }

    /// <summary>Half of them good names by shape, the other half made of whatever could mean something to nginx.</summary>
    private static string HostileSlug(Random random)
    {
        if (random.Next(2) == 0)
            return $"{(char)random.Next('a', 'z' + 1)}{random.Next(100_000)}";
        var slug = new StringBuilder();
        for (var n = random.Next(6); n >= 0; n--)
            slug.Append(Parts[random.Next(Parts.Length)]);
        return slug.ToString();
    }

    private IPAddress? HostileAddress(Random random) => random.Next(6) switch
    {
        0 => null,
        1 => new IPAddress(random.NextInt64(1L << 32)),
        2 => IPAddress.Parse($"fe80::{random.Next(0xffff):x}%1"),
        3 => host.Plan.Address(random.Next(host.Plan.Count)).MapToIPv6(),
        _ => host.Plan.Address(random.Next(host.Plan.Count)),
    };

    [GeneratedRegex(@"\A/[a-z][a-z0-9-]{1,29} (127\.64(\.[0-9]{1,3}){2}:[0-9]{1,5}|[a-z]+);\z")]
    private static partial Regex Line();
}
