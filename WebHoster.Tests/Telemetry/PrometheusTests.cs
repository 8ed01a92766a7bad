using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using WebHoster.Infrastructure.Telemetry;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Telemetry;

/// <summary>A real Prometheus scrapes a real portal with the files of provisioning/observability, and evaluates rules and dashboard.</summary>
[Trait("Category", "Integration")]
public sealed partial class PrometheusTests(PortalFixture portal) : IClassFixture<PortalFixture>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-prometheus-").FullName;
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{FreePorts.Next()}/api/v1/") };

    private static string Files => Path.Combine(LiveInstall.Root(), "provisioning", "observability");

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task TheFilesPassPrometheusOwnChecksAndTheAlertsTheirTests()
    {
        (await Shell.RunAsync("promtool", "check", "config", Path.Combine(Files, "prometheus.yml"))).Ok();
        (await Shell.RunAsync("promtool", "test", "rules", Path.Combine(Files, "alerts.test.yml"))).Ok();
        var alerts = Alert().Matches(await File.ReadAllTextAsync(Path.Combine(Files, "alerts.yml"))).Select(m => m.Groups[1].Value).ToList();
        var tests = await File.ReadAllTextAsync(Path.Combine(Files, "alerts.test.yml"));
        Assert.True(alerts.Count > 10);
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert}\n", tests));
    }

    [Fact]
    public void EveryMetricOfDashboardAndAlertsExists()
    {
        var known = Catalog.All.SelectMany(m => m.Type == MetricType.Histogram ? new[] { $"{m.Name}_bucket", $"{m.Name}_sum", $"{m.Name}_count" } : [m.Name]).ToHashSet();
        foreach (var file in new[] { "dashboard.json", "alerts.yml" })
        {
            var named = MetricName().Matches(File.ReadAllText(Path.Combine(Files, file))).Select(m => m.Value).Distinct().ToList();
            Assert.NotEmpty(named);
            Assert.Empty(named.Except(known));
        }
    }

    [Fact]
    public async Task PrometheusScrapesThePortalAndEvaluatesEveryRuleAndPanel()
    {
        await using (var engine = await EngineHost.StartAsync(portal.Database))
            EngineHost.AssertSucceeded(await engine.CreateAsync(await engine.AddUserAsync("scraped")));
        using var prometheus = Start();
        try
        {
            Assert.Equal("up", (await EventuallyAsync("targets", data => data.GetProperty("activeTargets").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } t
                && t.GetProperty("health").GetString() is "up" ? t : null)).GetProperty("health").GetString());

            // No worker has ever reported here: a rule that fires, seen from the outside.
            var rules = await EventuallyAsync("rules", data => data.GetProperty("groups").EnumerateArray().Single() is var group
                && group.GetProperty("rules").EnumerateArray().All(r => r.GetProperty("health").GetString() == "ok")
                && RuleOf(group, "NoWorker").GetProperty("state").GetString() == "pending" ? group : null);
            Assert.Equal("inactive", RuleOf(rules, "DatabaseDown").GetProperty("state").GetString());

            foreach (var expression in Panels())
                await QueryAsync(expression);
            Assert.Equal("1", (await QueryAsync("sum(webhoster_operations_total{kind=\"create\", outcome=\"succeeded\"})"))[0].GetProperty("value")[1].GetString());
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
        }
    }

    private static JsonElement RuleOf(JsonElement group, string alert) =>
        group.GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("name").GetString() == alert);

    private static List<string> Panels()
    {
        var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Files, "dashboard.json"))).RootElement;
        var expressions = dashboard.GetProperty("panels").EnumerateArray().Where(p => p.TryGetProperty("targets", out _))
            .SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!).ToList();
        Assert.True(expressions.Count > 30);
        return [.. expressions.Select(e => e.Replace("$job", "webhoster").Replace("$__rate_interval", "1m"))];
    }

    private Process Start()
    {
        var settings = File.ReadAllText(Path.Combine(Files, "prometheus.yml"));
        Assert.Contains("localhost:8080", settings);
        File.WriteAllText(Path.Combine(_folder, "prometheus.yml"), settings.Replace("localhost:8080", $"localhost:{portal.Port}").Replace("15s", "1s"));
        File.Copy(Path.Combine(Files, "alerts.yml"), Path.Combine(_folder, "alerts.yml"));
        return Process.Start(new ProcessStartInfo("prometheus",
        [
            $"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{_http.BaseAddress!.Port}",
            "--log.level=error",
        ]))!;
    }

    private async Task<JsonElement> QueryAsync(string expression)
    {
        var answer = await (await _http.GetAsync($"query?query={Uri.EscapeDataString(expression)}")).JsonAsync();
        Assert.True(answer.GetProperty("status").GetString() == "success", $"{expression}: {answer}");
        return answer.GetProperty("data").GetProperty("result");
    }

    private async Task<JsonElement> EventuallyAsync(string path, Func<JsonElement, JsonElement?> find)
    {
        var last = "nothing";
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; await Task.Delay(100))
        {
            try
            {
                last = await _http.GetStringAsync(path);
                if (find(JsonDocument.Parse(last).RootElement.GetProperty("data")) is { } found)
                    return found;
            }
            catch (HttpRequestException e)
            {
                last = e.Message;
            }
        }
        throw new InvalidOperationException($"Prometheus: {path}: {last}");
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\b(webhoster|process)_[a-z_]+\b")]
    private static partial Regex MetricName();
}
