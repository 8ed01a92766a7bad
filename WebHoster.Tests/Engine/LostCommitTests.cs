using Microsoft.Extensions.DependencyInjection;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Faults;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

/// <summary>A request that was committed, and whose answer got lost.</summary>
[Trait("Category", "Integration")]
public sealed class LostCommitTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData(Cut.Before)]
    [InlineData(Cut.After)]
    public async Task ACreateThatIsAskedForAgainAfterALostCommitIsNeverDoneTwice(Cut cut)
    {
        await using var line = new PostgresProxy(postgres.ConnectionString);
        await using var engine = await EngineHost.StartAsync(postgres, null, "Engine:ScanSeconds=600");
        var owner = await engine.AddUserAsync("asker");
        using var portal = EngineHost.BuildPortal(line.ConnectionString);
        var requests = portal.Services.GetRequiredService<HostingRequests>();

        line.Tell(cut, new Call("… COMMIT", 1));
        var lost = await Assert.ThrowsAnyAsync<Exception>(() => requests.CreateAsync(owner, null, null));
        Assert.True(lost.IsDatabaseAway(), lost.ToString());

        if (cut == Cut.After)
            await Assert.ThrowsAsync<ConflictException>(() => requests.CreateAsync(owner, null, null));
        else
            await requests.CreateAsync(owner, null, null);
        await Eventually.TrueAsync(async () => (await engine.FindAsync(owner))?.Status == HostingStatus.Running);
        Assert.Single(engine.Hypervisor.Calls, c => c == nameof(IHypervisor.StartAsync));
        EngineHost.AssertSucceeded(await engine.ChangeAsync(owner, OperationKind.Delete));
    }
}
