using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Start;

/// <summary>The keys are the portal's: a file of root's making would be closed to it.</summary>
[Trait("Category", "Integration")]
public sealed class KeysTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    [Fact]
    public void ThePortalHasMadeItsKeys() => Assert.NotEmpty(Directory.GetFiles(Path.Combine(portal.Environment()["Install__DataPath"], "keys")));

    [Theory]
    [InlineData("migrate")]
    [InlineData("status")]
    public async Task ACommandMakesNone(string command)
    {
        var folder = Directory.CreateTempSubdirectory("webhoster-keys-");
        var settings = portal.Environment();
        settings["Install__DataPath"] = folder.FullName;
        using var process = PortalFixture.Launch(settings, [command], _ => { });
        await process.WaitForExitAsync();
        Assert.Empty(folder.GetFiles("*.xml", SearchOption.AllDirectories));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task AWorkerMakesNone()
    {
        var folder = Directory.CreateTempSubdirectory("webhoster-keys-");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["DataProtection:KeysPath"] = folder.FullName;
        builder.Configuration["ConnectionStrings:Default"] = portal.Database.ConnectionString;
        builder.Services.AddWebHosterCore(builder.Configuration);
        builder.Services.AddWebHosterWorker(builder.Configuration);
        await using var services = builder.Services.BuildServiceProvider();
        Assert.ThrowsAny<Exception>(() => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("any").Protect("secret"));
        Assert.Empty(folder.GetFiles());
        folder.Delete();
    }
}
