using System.Net;
using System.Net.Http.Headers;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Telemetry;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Telemetry;

/// <summary>A portal whose figures may be read with a token.</summary>
public sealed class MeasuredPortal : PortalFixture
{
    public const string Token = "for-prometheus-alone";

    protected override Dictionary<string, string> Settings => new(base.Settings) { ["Telemetry__MetricsToken"] = Token };
}

/// <summary><c>/metrics</c>: who may read it, and that it counts what is there.</summary>
[Trait("Category", "Integration")]
public sealed class MetricsPageTests(MeasuredPortal portal) : IClassFixture<MeasuredPortal>
{
    [Fact]
    public async Task ItCountsWhatThereIs()
    {
        await using var engine = await EngineHost.StartAsync(portal.Database);
        var owner = await engine.AddUserAsync("counted");
        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));
        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Stop));
        var worker = new WorkerReports(engine.Factory, TimeProvider.System);
        await worker.WriteAsync("host:1", [MetricFamily.Of(Catalog.NginxQuarantined, 2), MetricFamily.Of(Catalog.NginxUp, 1, "sites")], default);
        (await Person.Stranger(portal).GetAsync("auth/me")).Dispose();

        var lines = await ReadEventuallyAsync("webhoster_operations_total{kind=\"stop\",outcome=\"succeeded\"} 1");
        Assert.Contains("webhoster_operations_total{kind=\"create\",outcome=\"succeeded\"} 1", lines);
        Assert.Contains("webhoster_operation_steps_total{step=\"create-disk\",outcome=\"done\"} 1", lines);
        Assert.Contains("webhoster_operation_duration_seconds_bucket{kind=\"create\",outcome=\"succeeded\",le=\"+Inf\"} 1", lines);
        Assert.Contains("webhoster_hostings{status=\"stopped\",health=\"unknown\"} 1", lines);
        Assert.Contains("webhoster_slots{state=\"held\"} 1", lines);
        Assert.Contains("webhoster_queue_depth 0", lines);
        Assert.Contains("webhoster_workers 1", lines);
        Assert.Contains("webhoster_nginx_quarantined_routes{worker=\"host:1\"} 2", lines);
        Assert.Contains("webhoster_nginx_up{nginx=\"sites\",worker=\"host:1\"} 1", lines);
        Assert.Contains("webhoster_http_requests_total{method=\"GET\",route=\"/api/v1/auth/me\",code=\"401\"} 1", lines);
        Assert.Contains("webhoster_circuits 0", lines);
        Assert.Contains("webhoster_database_up 1", lines);
        var checkedBy = await Shell.RunAsync("promtool", ["check", "metrics"], new Dictionary<string, string>(), string.Join('\n', lines) + "\n");
        Assert.Equal("", checkedBy.Ok() + checkedBy.Error);
    }

    [Fact]
    public async Task AStrangersPathBecomesNoSeries()
    {
        (await Person.Stranger(portal).GetAsync("/no/such/path-of-a-stranger")).Dispose();
        Assert.DoesNotContain(await ReadAsync(), line => line.Contains("path-of-a-stranger"));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Via", "1.1 front")]
    public async Task BehindAProxyItTakesTheToken(string header, string value)
    {
        using var http = new HttpClient { BaseAddress = portal.Url };
        http.DefaultRequestHeaders.Add(header, value);
        var refused = await http.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MeasuredPortal.Token + "x");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/metrics")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MeasuredPortal.Token);
        var answer = await http.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
    }

    private async Task<string[]> ReadAsync()
    {
        using var http = new HttpClient { BaseAddress = portal.Url };
        return (await http.GetStringAsync("/metrics")).Split('\n');
    }

    /// <summary>The database is counted once in ten seconds.</summary>
    private async Task<string[]> ReadEventuallyAsync(string line)
    {
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(200))
        {
            if (await ReadAsync() is var lines && (lines.Contains(line) || DateTime.UtcNow > until))
                return lines;
        }
    }
}

/// <summary>Without a token only this host may read.</summary>
[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class UnmeasuredPortalTests(PortalFixture portal)
{
    [Fact]
    public async Task ToEverybodyElseThereIsNoSuchPage()
    {
        using var http = new HttpClient { BaseAddress = portal.Url };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/metrics")).StatusCode);
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/metrics")).StatusCode);
    }
}
