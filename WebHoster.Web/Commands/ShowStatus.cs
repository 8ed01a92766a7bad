using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Commands;

/// <summary><c>status [--json]</c>: where everything is; exit code 3 when the portal is down.</summary>
public static class ShowStatus
{
    private const int Down = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        var addresses = services.GetRequiredService<PublicAddresses>();
        var install = services.GetRequiredService<IOptions<InstallSettings>>().Value;
        var up = await AnswersAsync(services.GetRequiredService<IOptions<PortalSettings>>().Value, ct);
        var (hosting, email, answers) = await FindFirstAsync(services, ct);
        var key = FirstHosting.KeyFile(install);
        var first = hosting is null ? null : new
        {
            hosting.Slug,
            hosting.Url,
            Status = hosting.Status.Word(),
            hosting.SshPort,
            SshKey = key,
            SshCommand = FirstHosting.SshCommand(hosting, install),
        };
        var status = new
        {
            PortalUrl = addresses.PortalUrl,
            addresses.SitesUrl,
            Portal = up ? "up" : "down",
            services.GetRequiredService<IOptions<HypervisorSettings>>().Value.Accelerator,
            Version = typeof(ShowStatus).Assembly.GetName().Version!.ToString(3),
            Admin = new { Email = email, AdminAccount.Username, PasswordFile = AdminAccount.PasswordFile(install) },
            FirstHosting = first,
        };
        if (args is ["--json"])
            Console.WriteLine(JsonSerializer.Serialize(status, Json));
        else
            Console.WriteLine(
                $"""
                 portal         {status.PortalUrl} ({status.Portal})
                 sites          {status.SitesUrl}
                 admin          {status.Admin.Username}, password in {status.Admin.PasswordFile}
                 first hosting  {(first is not null ? $"{first.Url} ({first.Status})" : answers ? "none" : "unknown, since PostgreSQL does not answer; the embedded one is started by: ./webhoster up")}
                 SSH            {first?.SshCommand ?? "-"}
                 accelerator    {status.Accelerator}
                 version        {status.Version}
                 """);
        return up ? 0 : Down;
    }

    private static async Task<bool> AnswersAsync(PortalSettings portal, CancellationToken ct)
    {
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            return (await client.GetAsync($"http://{portal.OwnAddress}:{portal.Port}/health/ready", ct)).IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<(HostingView? Hosting, string Email, bool Answers)> FindFirstAsync(IServiceProvider services, CancellationToken ct)
    {
        try
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<WebHosterDb>>().CreateDbContextAsync(ct);
            var admin = await db.Users.Where(u => u.UserName == AdminAccount.Username).Select(u => new { u.Id, u.Email }).SingleOrDefaultAsync(ct);
            return admin is null
                ? (null, AdminAccount.Email, true)
                : (await services.GetRequiredService<HostingQueries>().FindMineAsync(admin.Id, ct), admin.Email!, true);
        }
        catch (Exception e) when (e.IsDatabaseTrouble() || e is InvalidOperationException)
        {
            return (null, AdminAccount.Email, false);
        }
    }
}
