using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Start;

namespace WebHoster.Web.Commands;

/// <summary>What the launcher asks of the program besides serving. Each is one process that ends with an exit code.</summary>
public static class Commands
{
    public const int Failed = 1;
    public const int CouldNotLook = 2;

    private static readonly Dictionary<string, Func<IServiceProvider, string[], CancellationToken, Task<int>>> All = new()
    {
        ["migrate"] = async (services, _, ct) =>
        {
            await services.GetRequiredService<Migrator>().MigrateAsync(ct);
            return 0;
        },
        ["prepare"] = PrepareHost.RunAsync,
        ["ensure-admin"] = EnsureAdmin.RunAsync,
        ["first-hosting"] = FirstHosting.RunAsync,
        ["status"] = ShowStatus.RunAsync,
        ["fsck"] = CheckHost.RunAsync,
        ["backup"] = BackUpDatabase.RunAsync,
        ["restore"] = RestoreDatabase.RunAsync,
        ["purge"] = PurgeHost.RunAsync,
    };

    /// <summary>These follow no changes: a line to the database would keep it from being renamed.</summary>
    private static readonly HashSet<string> WithoutFeed = ["backup", "restore"];

    /// <summary>The names, for the usage line.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>Null where the first argument is no command.</summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not [var name, ..] || !All.TryGetValue(name, out var run))
            return null;

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddFamiliarNames();
        builder.Services.AddWebHosterCore(builder.Configuration);
        builder.Services.AddWebHosterHost();
        // A person waits for the answer, be it that libvirt does not run.
        builder.Services.PostConfigure<HypervisorSettings>(hypervisor => hypervisor.PatienceSeconds = 0);
        AdminAccount.Register(builder.Services);
        using var host = builder.Build();
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Cancel();
        };
        if (!WithoutFeed.Contains(name))
            await host.StartAsync(interrupted.Token);
        try
        {
            return await run(host.Services, args[1..], interrupted.Token);
        }
        catch (DomainException e)
        {
            await Console.Error.WriteLineAsync(e is HostException { Detail: { } detail } ? $"{e.Message}\n{detail}" : e.Message);
            return Failed;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return 130;
        }
        finally
        {
            if (!WithoutFeed.Contains(name))
                await host.StopAsync(CancellationToken.None);
        }
    }
}
