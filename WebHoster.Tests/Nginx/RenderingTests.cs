using System.Net;
using Microsoft.Extensions.Options;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Templates;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

[Trait("Category", "Unit")]
public sealed class RenderingTests
{
    private static readonly SlotPlan Plan = new(10000, 20000, IPNetwork.Parse("10.86.0.0/18"));

    private static readonly Dictionary<string, string> None = [];

    private readonly TemplateRenderer renderer = new();
    private readonly InstallSettings install = new() { Host = "host.example" };

    // A file that is there for certain, so that the module's line is rendered.
    private readonly NginxSettings settings = new() { Listen = ["0.0.0.0", "::"], StreamModule = "/proc/self/status" };

    private readonly SiteRoute[] routes =
    [
        new("bob", IPAddress.Parse("10.86.0.17"), "running"), new("alice", null, "creating"),
        new("bobby", IPAddress.Parse("10.86.0.18"), "running"), new("carol-9", null, "stopped"), new("dave", null, "something new"),
    ];

    [Theory]
    [InlineData("nginx.conf")]
    [InlineData("rules.conf")]
    [InlineData("routes.map")]
    [InlineData("pages/index.html")]
    [InlineData("pages/404.html")]
    [InlineData("pages/creating.html")]
    [InlineData("pages/stopped.html")]
    public void TheSitesFilesAreJustTheExpectedOnes(string file) =>
        Expected.Equal($"sites/{file}", Sites().Render(routes, None).Files[file]);

    [Theory]
    [InlineData("nginx.conf")]
    [InlineData("ports.map")]
    public void TheSshFilesAreJustTheExpectedOnes(string file)
    {
        var config = Ssh();

        Expected.Equal($"ssh/{file}", config.Render([.. config.OpenSlots([3, 731]).Where(s => s is not (3 or 5 or 99))], None).Files[file]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThePortalsFileIsJustTheExpectedOne(bool own)
    {
        var portal = own
            ? new PortalSettings { Host = "portal.example", Tls = true, Certificate = "/c/chain.pem", CertificateKey = "/c/key.pem" }
            : new PortalSettings { Tls = true, TlsPort = 8443 };
        var addresses = new PublicAddresses(
            Options.Create(install), Options.Create(new SitesSettings()), Options.Create(portal), Options.Create(new GuestSettings()), Plan);
        var set = new PortalConfig(renderer, settings, portal, addresses, NginxInstance.Portal(install))
            .Render(new PortalCertificate("/c/chain.pem", "/c/key.pem", "AB12"), None);

        Expected.Equal(own ? "portal/own.conf" : "portal/self-signed.conf", set.Configuration);
    }

    [Fact]
    public void WhereThePortalHasANameOfItsOwnThatNameIsSentToTls()
    {
        var config = Sites(new PortalSettings { Host = "portal.example", Tls = true }).Render([], None).Configuration;

        Assert.Contains("server_name portal.example;", config);
        Assert.Contains("return 301 https://portal.example$request_uri;", config);
        Assert.DoesNotContain("return 301 https", Sites(new PortalSettings { Tls = true }).Render([], None).Configuration);
    }

    [Fact]
    public void EveryStateOfAHostingHasAPage()
    {
        var files = Sites().Render([], None).Files;

        Assert.All(["creating", "starting", "stopping", "stopped", "rebuilding", "deleting", "failed"],
            s => Assert.Contains($"pages/{s}.html", files.Keys));
    }

    [Fact]
    public void TheGenerationFollowsContentAndNothingElse()
    {
        var generation = Sites().Render(routes, None).Generation;

        Assert.Matches("^[0-9a-f]{16}$", generation);
        Assert.Equal(generation, Sites().Render([.. routes.Reverse()], None).Generation);
        Assert.NotEqual(generation, Sites().Render(routes[1..], None).Generation);
        Assert.NotEqual(generation, Sites().Render(routes, new Dictionary<string, string> { ["custom/a.conf"] = "" }).Generation);
    }

    [Fact]
    public void SlotsOfABlockOpenTogetherAndTheFirstBlockAlways()
    {
        Assert.Equal(Enumerable.Range(0, 100), Ssh().OpenSlots([]));
        Assert.Equal([.. Enumerable.Range(0, 100), .. Enumerable.Range(300, 100)], Ssh().OpenSlots([399, 300, 42]));
        Assert.Equal(10000, Ssh().OpenSlots([10000])[^1]);
        Assert.Equal(Enumerable.Range(0, 100), Ssh().OpenSlots([-1, 10001]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bob")]
    [InlineData("bob\n")]
    [InlineData("bob x")]
    [InlineData("b{ob")]
    [InlineData("bob;")]
    [InlineData("~bob")]
    [InlineData("bób")]
    public void WhatIsNoSlugIsLeftOutAndNothingElse(string slug) =>
        Assert.Equal(RoutesMap(routes), RoutesMap([.. routes, new SiteRoute(slug, null, "stopped")]));

    [Theory]
    [InlineData("10.87.0.17")]
    [InlineData("127.0.0.1")]
    [InlineData("10.86.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:10.86.0.17")]
    public void AnAddressThatIsNoGuestsIsLeftOutAndNothingElse(string address) =>
        Assert.Equal(RoutesMap(routes), RoutesMap([.. routes, new SiteRoute("eve", IPAddress.Parse(address), "running")]));

    [Fact]
    public void RoutesThatShareASlugAreAllLeftOut() =>
        Assert.Equal(RoutesMap(routes[1..]), RoutesMap([.. routes, routes[0] with { Address = IPAddress.Parse("10.86.0.99") }]));

    private string RoutesMap(IReadOnlyList<SiteRoute> table) => Sites().Render(table, None).Files[SitesConfig.RoutesFile];

    private SitesConfig Sites(PortalSettings? portal = null)
    {
        var addresses = new PublicAddresses(
            Options.Create(install), Options.Create(new SitesSettings()), Options.Create(portal ?? new PortalSettings()),
            Options.Create(new GuestSettings()), Plan);
        return new SitesConfig(
            renderer, settings, new GuestSettings(), new SitesSettings(), addresses, new RouteScreen(Plan), NginxInstance.Sites(install));
    }

    private SshConfig Ssh() => new(renderer, settings, new GuestSettings(), Plan, NginxInstance.Ssh(install));
}
