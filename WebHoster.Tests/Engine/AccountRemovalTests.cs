using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

/// <summary>An account goes after its hostings, whatever they are at and whoever is killed.</summary>
[Trait("Category", "Integration")]
public sealed class AccountRemovalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task ItsHostingsGoThroughTheEngineAndThenTheAccount()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var user = await engine.AddUserAsync("ada");
        EngineHost.AssertSucceeded(await engine.CreateAsync(user));
        await engine.Removal.RequestAsync(user, user, null, CancellationToken.None);
        await Eventually.TrueAsync(() => IsGoneAsync(user));
        await engine.AssertNothingLeftAsync();
        await using var db = await engine.DbAsync();
        Assert.Equal(OperationStatus.Succeeded, (await db.Operations.SingleAsync(o => o.OwnerId == user && o.Kind == OperationKind.Delete)).Status);
        Assert.Equal(
            ["accepted", "succeeded"], await db.Audit.Where(e => e.Action == "account.delete" && e.Subject == "ada").OrderBy(e => e.Id).Select(e => e.Outcome).ToListAsync());
    }

    [Fact]
    public async Task AlsoWhileItsHostingIsBeingCreated()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        engine.Hypervisor.GuestsAnswer = false;
        var reached = new TaskCompletionSource();
        engine.Hypervisor.Before = (call, _) =>
        {
            if (call == nameof(engine.Hypervisor.AskGuestAsync))
                reached.TrySetResult();
            return Task.CompletedTask;
        };
        var user = await engine.AddUserAsync("bo");
        await engine.Requests.CreateAsync(user, null, null);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await engine.Removal.RequestAsync(user, user, null, CancellationToken.None);
        await Eventually.TrueAsync(() => IsGoneAsync(user));
        await engine.AssertNothingLeftAsync();
    }

    /// <summary>What the request's first transaction leaves behind is all that the next process finds.</summary>
    [Fact]
    public async Task WhoAskedIsKilledBeforeTheFirstHostingWasAskedForAndAnotherGoesOn()
    {
        var first = await EngineHost.StartAsync(postgres);
        var user = await first.AddUserAsync("cy");
        EngineHost.AssertSucceeded(await first.CreateAsync(user));
        await first.DisposeAsync();
        await postgres.ExecuteAsync("update users set leaving_at = now(), disabled_at = now() where id = @id", ("id", user));
        Assert.False(await IsGoneAsync(user));

        await using var next = await EngineHost.StartAsync(postgres, shared: first);
        await Eventually.TrueAsync(() => IsGoneAsync(user));
        await next.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task NobodyMakesAHostingForAnAccountThatIsLeaving()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var user = await engine.AddUserAsync("di");
        await postgres.ExecuteAsync("update users set leaving_at = now(), disabled_at = now() where id = @id", ("id", user));
        await Assert.ThrowsAsync<ConflictException>(() => engine.Requests.CreateAsync(user, null, null));
        await Eventually.TrueAsync(() => IsGoneAsync(user));
    }

    [Fact]
    public async Task TheLastAdministratorStays()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var user = await engine.AddUserAsync("eve");
        await postgres.ExecuteAsync("insert into user_roles (user_id, role_id) select @id, id from roles where name = 'admin'", ("id", user));
        await Assert.ThrowsAsync<ConflictException>(() => engine.Removal.RequestAsync(user, user, null, CancellationToken.None));
        Assert.False(await IsGoneAsync(user));
    }

    private async Task<bool> IsGoneAsync(Guid user) =>
        await postgres.ScalarAsync<long>("select count(*) from users where id = @id", ("id", user)) == 0;
}
