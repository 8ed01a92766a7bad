using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Start;

namespace WebHoster.Web.Commands;

/// <summary>The program's verbs besides <c>serve</c>.</summary>
public static class Commands
{
    /// <summary>The exit code, or null where <paramref name="args"/> name no command.</summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not ["migrate"])
            return null;
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddFamiliarNames();
        builder.Services.AddWebHosterCore(builder.Configuration);
        using var host = builder.Build();
        await host.Services.GetRequiredService<Migrator>().MigrateAsync();
        return 0;
    }
}
