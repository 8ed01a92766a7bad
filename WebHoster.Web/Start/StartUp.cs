using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Npgsql;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.RunTime;

namespace WebHoster.Web.Start;

/// <summary>Which parts of WebHoster a process is.</summary>
public enum Role { Web, Worker, All }

/// <summary>What happens before the first request: a bad setting ends in one line, not in a stack trace.</summary>
public static class StartUp
{
    private const int UsageError = 64;
    private const int ConfigurationError = 78;

    public static int Usage()
    {
        Console.Error.WriteLine($"usage: WebHoster.Web serve [--role web|worker|all] | {string.Join(" | ", Commands.Commands.Names)}");
        return UsageError;
    }

    /// <exception cref="SettingException">The arguments name no role.</exception>
    public static Role RoleOf(string[] args) => args switch
    {
        ["serve"] or ["serve", "--role", "all"] => Role.All,
        ["serve", "--role", "web"] => Role.Web,
        ["serve", "--role", "worker"] => Role.Worker,
        _ => throw new SettingException("serve takes --role web, --role worker or --role all."),
    };

    /// <summary>Settings are checked and migrations applied before anything listens.</summary>
    public static async Task PrepareAsync(this IHost host)
    {
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        await host.Services.GetRequiredService<Migrator>().MigrateAsync();
        // What was changed at run time holds from the first request on.
        await host.Services.GetRequiredService<RunTimeSettings>().LoadAsync(CancellationToken.None);
        // A worker on another host's database would take that host's machines for missing ones.
        if (host.Services.GetService<InstallIdentity>() is { } identity)
            await identity.GetAsync(CancellationToken.None);
    }

    /// <summary>Runs <paramref name="work"/>; what a person can mend becomes one clear line and an exit code.</summary>
    public static async Task<int?> GuardAsync(Func<Task<int?>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (Explain(e) is { } line)
        {
            Console.Error.WriteLine($"webhoster: {line}");
            return ConfigurationError;
        }
    }

    private static string? Explain(Exception e) => e switch
    {
        SettingException or HostException => e.Message,
        OptionsValidationException invalid => string.Join(" ", invalid.Failures.Distinct()),
        // The configuration binder: its message names the key.
        InvalidOperationException when e.Message.Contains("onfiguration value", StringComparison.Ordinal)
            || e.Message.StartsWith("ConnectionStrings:", StringComparison.Ordinal) => e.Message,
        PostgresException refused => $"ConnectionStrings:Default: PostgreSQL refused: {refused.MessageText}",
        NpgsqlException or SocketException => $"ConnectionStrings:Default: PostgreSQL does not answer: {e.Message.TrimEnd('.')}. The embedded one is started by: ./webhoster up",
        ArgumentException when e.StackTrace?.Contains("Npgsql", StringComparison.Ordinal) == true =>
            $"ConnectionStrings:Default cannot be read: {e.Message}",
        IOException { InnerException: AddressInUseException } => $"Portal:Port is taken by another program. {e.Message}",
        UnauthorizedAccessException => e.Message,
        // EF Core wraps what PostgreSQL's driver says.
        { InnerException: { } inner } => Explain(inner),
        _ => null,
    };
}
