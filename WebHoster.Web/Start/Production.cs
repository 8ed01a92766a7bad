using Microsoft.Extensions.Options;
using Npgsql;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Telemetry;
using WebHoster.Web.Account;

namespace WebHoster.Web.Start;

/// <summary>
/// What <c>Install:Mode=production</c> refuses to start with: secrets that anybody would try, and doors that stand open. Every
/// reason is told at once, each with its key.
/// </summary>
public static class Production
{
    private const int DistinctCharacters = 16;
    private const int DatabasePassword = 12;

    // Words of examples and templates. Long ones: a drawn key of Base64 holds a word of four letters once in some thousands.
    private static readonly string[] Placeholders =
        ["change", "secret", "example", "default", "your-", "your_", "password", "insecure", "placeholder", "replace", "webhoster", "12345"];

    /// <exception cref="SettingException">There is something that must not be in production.</exception>
    public static void Require(IServiceProvider services)
    {
        var install = services.GetRequiredService<IOptions<InstallSettings>>().Value;
        if (!install.IsProduction)
            return;
        var keys = services.GetRequiredService<SigningKeys>();
        var problems = KeyProblems("Jwt:Key", keys.CurrentText)
            .Concat(keys.PreviousText is { } previous ? KeyProblems("Jwt:PreviousKey", previous) : [])
            .Concat(services.GetRequiredService<IOptions<TelemetrySettings>>().Value.MetricsToken is { Length: > 0 } token ? KeyProblems("Telemetry:MetricsToken", token) : [])
            .Concat(DatabaseProblems(services.GetRequiredService<IConfiguration>().GetConnectionString("Default") ?? ""))
            .Concat(DoorProblems(
                services.GetRequiredService<PublicAddresses>(), services.GetRequiredService<IOptions<PortalSettings>>().Value,
                services.GetRequiredService<IOptions<ProxySettings>>().Value, services.GetRequiredService<IOptions<RateLimitSettings>>().Value))
            .ToList();
        Refuse(problems);
    }

    /// <summary>The same of a worker, which has the database's owner for its role, and no doors.</summary>
    /// <exception cref="SettingException">There is something that must not be in production.</exception>
    public static void RequireOfWorker(IServiceProvider services)
    {
        if (services.GetRequiredService<IOptions<InstallSettings>>().Value.IsProduction)
            Refuse([.. DatabaseProblems(services.GetRequiredService<IConfiguration>().GetConnectionString("Default") ?? "")]);
    }

    private static void Refuse(IReadOnlyCollection<string> problems)
    {
        if (problems.Count > 0)
            throw new SettingException($"Install:Mode is production, and so: {string.Join(" ", problems)}");
    }

    /// <summary>A key that was drawn has many different characters and none of these words.</summary>
    public static IEnumerable<string> KeyProblems(string setting, string key)
    {
        if (Placeholders.FirstOrDefault(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)) is { } found)
            yield return $"{setting} is a placeholder (it holds \"{found}\"): draw one with 'openssl rand -base64 48'.";
        else if (key.Distinct().Count() < DistinctCharacters)
            yield return $"{setting} is too easy to guess: draw one with 'openssl rand -base64 48'.";
    }

    /// <summary>A password that is given must be one; none (a socket with peer authentication, a certificate) is PostgreSQL's to judge.</summary>
    public static IEnumerable<string> DatabaseProblems(string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        if (parts.Password is not { Length: > 0 } password)
            yield break;
        if (password.Length < DatabasePassword || string.Equals(password, parts.Username, StringComparison.OrdinalIgnoreCase)
            || Placeholders.Any(word => password.Contains(word, StringComparison.OrdinalIgnoreCase)) || PasswordRules.Problem(password) is not null)
            yield return $"ConnectionStrings:Default has a weak password: give PostgreSQL's role one of {DatabasePassword} or more drawn characters.";
    }

    private static IEnumerable<string> DoorProblems(
        PublicAddresses addresses, PortalSettings portal, ProxySettings proxy, RateLimitSettings limits)
    {
        if (addresses.Host is "localhost" or "127.0.0.1" or "[::1]")
            yield return "Install:Host is needed: the name under which people reach this host.";
        if (!portal.Tls && proxy.Trusted is [])
            yield return "Portal:Tls must be true, or Proxy:Trusted name the proxy that takes TLS for the portal.";
        if (!addresses.PortalHasOwnHost)
            yield return "Portal:Host is needed: a name that customers' sites do not have, for a browser's cookies and permissions go by names.";
        if (!limits.Enabled)
            yield return "RateLimits:Enabled must not be false.";
    }
}
