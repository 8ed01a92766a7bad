using System.Text;
using WebHoster.Tests.Fixtures;
using WebHoster.Web.Start;
using Xunit;

namespace WebHoster.Tests.Start;

[Trait("Category", "Integration")]
public sealed class ProductionTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    private const string DrawnKey = "pQ7zR1vXk9LwB3nGtYh5UoE8sJfCa2Md6TiKxWqZrVb0";

    [Theory]
    [InlineData("change-me-change-me-change-me-change-me", "placeholder")]
    [InlineData("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbcccccccc", "too easy to guess")]
    public void AKeyThatNobodyDrewIsNamed(string key, string words) => Assert.Contains(words, Assert.Single(Production.KeyProblems("Jwt:Key", key)));

    [Fact]
    public void ADrawnKeyWillDo() => Assert.Empty(Production.KeyProblems("Jwt:Key", DrawnKey));

    [Theory]
    [InlineData("Host=db;Username=webhoster;Password=postgres", false)]
    [InlineData("Host=db;Username=somebody-long;Password=somebody-long", false)]
    [InlineData("Host=db;Username=webhoster;Password=changeme12345", false)]
    [InlineData("Host=db;Username=webhoster;Password=k3Vt9wQpLzR7", true)]
    [InlineData("Host=/run/postgres;Username=webhoster", true)]
    public void ADatabasePasswordIsOneOrThereIsNone(string connection, bool will) => Assert.Equal(will, !Production.DatabaseProblems(connection).Any());

    [Fact]
    public async Task EveryReasonIsToldAtOnceAndNothingStarts()
    {
        var (code, said) = await RunAsync(new() { ["Install__Mode"] = "production", ["Jwt__Key"] = "your-secret-key-your-secret-key-your-secret", ["RateLimits__Enabled"] = "false", ["Telemetry__MetricsToken"] = "replace-me-replace-me-replace-me-now" });
        Assert.Equal(78, code);
        Assert.All(["Jwt:Key", "Telemetry:MetricsToken", "Install:Host", "Portal:Tls", "Portal:Host", "RateLimits:Enabled"], key => Assert.Contains(key, said));
    }

    [Fact]
    public async Task AWorkerWithAWeakPasswordOfTheDatabaseDoesNotStart()
    {
        var (code, said) = await RunAsync(
            new() { ["Install__Mode"] = "production", ["ConnectionStrings__Default"] = "Host=127.0.0.1;Username=webhoster;Password=postgres" }, role: "worker");
        Assert.Equal(78, code);
        Assert.Contains("ConnectionStrings:Default has a weak password", said);
    }

    [Fact]
    public async Task WithAllInOrderItStarts()
    {
        var (_, said) = await RunAsync(new()
        {
            ["Install__Mode"] = "production",
            ["Jwt__Key"] = DrawnKey,
            ["Install__Host"] = "sites.example",
            ["Portal__Host"] = "portal.example",
            ["Portal__Tls"] = "true",
            ["RateLimits__Enabled"] = "true",
        }, until: "Application started");
        Assert.Contains("Application started", said);
        Assert.DoesNotContain("webhoster: ", said);
    }

    private async Task<(int Code, string Said)> RunAsync(Dictionary<string, string> changes, string until = "\0", string role = "web")
    {
        var settings = portal.Environment();
        settings["Portal__Port"] = FreePorts.Next().ToString();
        foreach (var (key, value) in changes)
            settings[key] = value;
        var said = new StringBuilder();
        var seen = new TaskCompletionSource();
        using var process = PortalFixture.Launch(settings, ["serve", "--role", role], line =>
        {
            lock (said)
                said.AppendLine(line);
            if (line?.Contains(until, StringComparison.Ordinal) == true)
                seen.TrySetResult();
        });
        await Task.WhenAny(process.WaitForExitAsync(), seen.Task).WaitAsync(TimeSpan.FromSeconds(60));
        process.Kill();
        await process.WaitForExitAsync();
        lock (said)
            return (process.ExitCode, said.ToString());
    }
}
