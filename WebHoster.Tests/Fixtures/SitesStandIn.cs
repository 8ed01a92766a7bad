using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace WebHoster.Tests.Fixtures;

/// <summary>Answers where the sites' nginx would, with the welcome page of whatever site is asked for.</summary>
public sealed class SitesStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SitesStandIn(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    public static async Task<SitesStandIn> StartAsync()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(LiveInstall.Root(), "provisioning", "cloud-init", "welcome.html"));
        var port = FreePorts.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://localhost:{port}");
        app.MapGet("/{slug}/", (string slug) => Results.Content(
            page.Replace("{{slug}}", slug).Replace("{{url}}", $"http://localhost:{port}/{slug}/").Replace("{{ssh}}", "ssh -p 10000 ubuntu@localhost")
                .Replace("{{sftp}}", "sftp -P 10000 ubuntu@localhost").Replace("{{host}}", "localhost").Replace("{{port}}", "10000").Replace("{{user}}", "ubuntu"),
            "text/html; charset=utf-8"));
        await app.StartAsync();
        return new SitesStandIn(app, port);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>A portal whose customers' sites the stand-in serves, and whose alerts may go to the tests' own receivers.</summary>
public sealed class SitesPortalFixture(SitesStandIn sites) : QuickPortalFixture
{
    protected override Dictionary<string, string> Settings => new(base.Settings)
    {
        ["Sites__Port"] = sites.Port.ToString(),
        ["Alerts__Permitted__0"] = "127.0.0.1",
    };
}
