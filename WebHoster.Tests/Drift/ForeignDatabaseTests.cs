using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Drift;

[Trait("Category", "Integration")]
public sealed class ForeignDatabaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task ADatabaseOfAnotherHostIsRefusedBeforeAnythingIsLookedAt()
    {
        var data = Directory.CreateTempSubdirectory("webhoster-id-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Default"] = postgres.ConnectionString,
            ["Install:DataPath"] = data,
            ["Install:Name"] = "tforeign",
        });
        builder.Services.AddWebHosterCore(builder.Configuration);
        builder.Services.AddWebHosterHost();
        using var host = builder.Build();
        await host.Services.GetRequiredService<Migrator>().MigrateAsync();
        await File.WriteAllTextAsync(Path.Combine(data, "install-id"), Guid.NewGuid().ToString());

        var refusal = await Assert.ThrowsAsync<HostException>(() => host.Services.GetRequiredService<Fsck>().RunAsync(default));
        await Assert.ThrowsAsync<HostException>(() => host.Services.GetRequiredService<Sweeper>().SweepAsync(default));

        Assert.Contains("Nothing was touched.", refusal.Message);
        Directory.Delete(data, recursive: true);
    }
}
