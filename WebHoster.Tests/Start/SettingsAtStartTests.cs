using System.Text;
using WebHoster.Tests.Fixtures;
using WebHoster.Web.Start;
using Xunit;

namespace WebHoster.Tests.Start;

[Trait("Category", "Integration")]
public sealed class SettingsAtStartTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    [Theory]
    [InlineData("Portal__Port", "99999", "Portal:Port")]
    [InlineData("Portal__Port", "eighty", "Portal:Port")]
    [InlineData("Install__Name", "Not A Name", "Install:Name")]
    [InlineData("Install__Name", "filter", "Install:Name")]
    [InlineData("Jwt__Key", "short", "Jwt:Key")]
    [InlineData("Jwt__PreviousKey", "short", "Jwt:PreviousKey")]
    [InlineData("Jwt__PreviousKeyFile", "/nowhere/at/all", "Jwt:PreviousKeyFile")]
    [InlineData("Proxy__Trusted__0", "10.0.0.1/80", "Proxy:Trusted")]
    [InlineData("RateLimits__AccountPerMinute", "0", "RateLimits:AccountPerMinute")]
    [InlineData("RateLimits__CreationsPerDay", "0", "RateLimits:CreationsPerDay")]
    [InlineData("Accounts__CheckSeconds", "51", "Accounts:CheckSeconds")]
    [InlineData("Mail__Host", "localhost", "Mail:From")]
    [InlineData("Mail__Tls", "perhaps", "Mail:Tls")]
    [InlineData("Portal__PublicUrl", "portal.example.org", "Portal:PublicUrl")]
    [InlineData("ConnectionStrings__Default", "Host=127.0.0.1;Port=1;Timeout=2", "ConnectionStrings:Default")]
    [InlineData("Backup__Hour", "24", "Backup:Hour")]
    [InlineData("Backup__Path", "backups", "Backup:Path")]
    [InlineData("Telemetry__OtlpEndpoint", "localhost:4318", "Telemetry:OtlpEndpoint")]
    [InlineData("Telemetry__MetricsToken", "short", "Telemetry:MetricsToken")]
    [InlineData("ConnectionStrings__Default", "Nonsense=1", "ConnectionStrings:Default")]
    public async Task ABadSettingEndsInOneLineThatNamesItsKey(string variable, string value, string key)
    {
        var settings = portal.Environment();
        settings["Portal__Port"] = FreePorts.Next().ToString();
        settings[variable] = value;
        var (code, said) = await RunAsync(settings);
        Assert.Equal(78, code);
        var line = Assert.Single(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => l.StartsWith("webhoster: ", StringComparison.Ordinal));
        Assert.Contains(key, line);
        Assert.DoesNotContain("   at ", said);
    }

    [Fact]
    public async Task ATakenPortIsToldInOneLine()
    {
        var (code, said) = await RunAsync(portal.Environment());
        Assert.Equal(78, code);
        Assert.Contains("Portal:Port is taken by another program", said);
    }

    [Theory]
    [InlineData("postgres://ada:p%40ss@db:6543/web", "Host=db;Port=6543;Username=ada;Password=p@ss;Database=web")]
    [InlineData("postgresql+asyncpg://db/web?sslmode=require", "Host=db;Port=5432;Database=web;SSL Mode=Require")]
    public void DATABASEURLIsUnderstood(string url, string expected) => Assert.Equal(expected, FamiliarNames.ConnectionString(url));

    [Fact]
    public void AnotherKindOfDATABASEURLIsRefused() =>
        Assert.Throws<SettingException>(() => FamiliarNames.ConnectionString("mysql://db/web"));

    private static async Task<(int Code, string Said)> RunAsync(Dictionary<string, string> settings)
    {
        var said = new StringBuilder();
        using var process = PortalFixture.Launch(settings, ["serve", "--role", "web"], line =>
        {
            lock (said)
                said.AppendLine(line);
        });
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(end.Token);
        }
        finally
        {
            process.Kill();
        }

        return (process.ExitCode, said.ToString());
    }
}
