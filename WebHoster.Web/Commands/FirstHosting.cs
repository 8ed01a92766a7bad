using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Commands;

/// <summary>
/// <c>first-hosting</c>: creates the administrator's hosting where there is none, shows each step, and ends when the site
/// answers. The last three lines are the portal's, the site's URL and its SSH command.
/// </summary>
public static class FirstHosting
{
    /// <summary>With one that is there, and longer than the engine tries with one that is created.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10), PatienceOfCreation = TimeSpan.FromMinutes(25);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static string KeyFile(InstallSettings install) => Path.Combine(install.Secrets, $"{AdminAccount.Username}.key");

    public static string SshCommand(HostingView hosting, InstallSettings install) =>
        hosting.SshCommand.Replace("ssh ", $"ssh -i {KeyFile(install)} ");

    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return await EnsureAsync(services, limit);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new HostException("The first hosting does not answer; everything else runs. Its page in the portal says more.");
        }
    }

    private static async Task<int> EnsureAsync(IServiceProvider services, CancellationTokenSource limit)
    {
        var ct = limit.Token;
        var install = services.GetRequiredService<IOptions<InstallSettings>>().Value;
        var portal = services.GetRequiredService<PublicAddresses>().PortalUrl;
        var queries = services.GetRequiredService<HostingQueries>();
        var admin = await AdminIdAsync(services, ct);
        if (await queries.FindMineAsync(admin, ct) is null)
        {
            limit.CancelAfter(PatienceOfCreation);
            var keys = new GuestHostKey(services.GetRequiredService<CommandRunner>());
            var key = await keys.EnsureAsync(KeyFile(install), $"{AdminAccount.Username}@webhoster", ct);
            await services.GetRequiredService<HostingRequests>().CreateAsync(admin, key.Public, null, ct);
        }

        while (true)
        {
            if (await queries.FindNewestOperationAsync(admin, ct) is { IsUnfinished: true } operation)
                operation = await FollowAsync(services, admin, operation.Id, ct);
            else
                operation = null;

            if (await queries.FindMineAsync(admin, ct) is not { } hosting)
                throw new ConflictException($"The first hosting could not be created. {operation?.Error}\n{operation?.ErrorDetail}");
            if (hosting.Status is HostingStatus.Stopped or HostingStatus.Failed)
            {
                Console.WriteLine($"The first hosting is {hosting.Status.Word()}; start it in the portal.");
                return PrintAddresses(hosting, install, portal);
            }
            // After the host was restarted the row says running until the worker has looked.
            var (status, _) = await services.GetRequiredService<IReverseProxy>().AskSiteAsync(hosting.Slug, ct);
            // Whatever else it says is its owner's to say.
            if (status > 0 && status is not (502 or 503 or 504))
                return PrintAddresses(hosting, install, portal);
            await Task.Delay(Pause, ct);
        }
    }

    private static int PrintAddresses(HostingView hosting, InstallSettings install, string portalUrl)
    {
        Console.WriteLine($"The portal is at {portalUrl}: {AdminAccount.Username} signs in with the password in {AdminAccount.PasswordFile(install)}.");
        Console.WriteLine(hosting.Url);
        Console.WriteLine(SshCommand(hosting, install));
        return 0;
    }

    private static async Task<Guid> AdminIdAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<WebHosterDb>>().CreateDbContextAsync(ct);
        return await db.Users.Where(u => u.UserName == AdminAccount.Username).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no administrator yet: run ensure-admin first.");
    }

    private static async Task<Operation> FollowAsync(IServiceProvider services, Guid admin, Guid operationId, CancellationToken ct)
    {
        await using var progress = new TerminalProgress();
        Operation last = null!;
        await foreach (var operation in services.GetRequiredService<OperationFollower>().FollowAsync(admin, operationId, ct))
        {
            progress.Show(operation);
            last = operation;
        }
        return last;
    }
}
