using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

[Trait("Category", "Integration")]
public sealed class CreateAndDeleteTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task ACreatedHostingRunsAndIsRoutedAndADeletedOneLeavesNothing()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("ada");

        var create = await engine.CreateAsync(owner);
        Assert.Equal((OperationStatus.Succeeded, 100), (create.Status, create.Progress));
        Assert.All(create.Steps, s => Assert.NotNull(s.FinishedAt));
        var hosting = await engine.FindAsync(owner);
        Assert.Equal((HostingStatus.Running, RouteTarget.Guest), (hosting!.Status, hosting.Route));
        Assert.NotNull(Assert.Single(engine.Proxy.Table.Sites).Address);

        var delete = await engine.ChangeAsync(owner, OperationKind.Delete);
        EngineHost.AssertSucceeded(delete);
        await engine.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(nameof(IHypervisor.CreateDiskAsync), "The machine's disk could not be created.")]
    [InlineData(nameof(IHypervisor.WriteSeedAsync), "The machine's first settings could not be written.")]
    [InlineData(nameof(IHypervisor.StartAsync), "The machine could not be started.")]
    [InlineData(nameof(IHypervisor.AskGuestAsync), "The machine started but did not become ready.")]
    public async Task ACreateThatFailsIsUndoneAndSaysWhy(string call, string words)
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync($"u{Math.Abs(call.GetHashCode())}");
        engine.Hypervisor.Before = (name, _) => name == call
            ? throw new HostException("tool failed (exit code 1).", "tool: No space left on device\nexit code 1") : Task.CompletedTask;

        var operation = await engine.CreateAsync(owner);

        Assert.Equal(OperationStatus.Failed, operation.Status);
        Assert.Equal($"{words} The host's disk is full.", operation.Error);
        Assert.Contains("exit code 1", operation.ErrorDetail);
        Assert.Single(operation.Steps, s => s.Status == StepStatus.Failed);
        await engine.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AProxyThatRefusesEndsInNothingLeft()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("eve");
        engine.Proxy.BeforeApply = table => table.Sites.Any(s => s.State == "creating")
            ? throw new HostException("nginx refused the configuration.") : Task.CompletedTask;

        var operation = await engine.CreateAsync(owner);

        Assert.Equal((OperationStatus.Failed, "The site's address could not be set up. nginx refused the configuration."), (operation.Status, operation.Error));
        await engine.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task AQuarantinedRouteUndoesItsOwnCreateAndNobodyElses()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var (bad, good) = (await engine.AddUserAsync("bad"), await engine.AddUserAsync("good"));
        engine.Proxy.Quarantined["bad"] = "It is not a slug.";

        var (refused, made) = (await engine.CreateAsync(bad), await engine.CreateAsync(good));

        Assert.Equal("The site's address could not be set up. “bad” is kept out of nginx. It is not a slug.", refused.Error);
        EngineHost.AssertSucceeded(made);
        Assert.Null(await engine.FindAsync(bad));
        Assert.Equal(1, engine.Hypervisor.Calls.Count(c => c == nameof(IHypervisor.StartAsync)));
    }

    [Fact]
    public async Task AProxyThatIsBusyIsTriedAgainAndUndoesNothing()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("patient");
        var busy = 1;
        engine.Proxy.BeforeApply = table => table.Sites.Any(s => s.Address is not null) && Interlocked.Decrement(ref busy) >= 0
            ? throw new HostBusyException("nginx's configuration is being changed by another process.") : Task.CompletedTask;

        var create = await engine.CreateAsync(owner);

        EngineHost.AssertSucceeded(create);
        Assert.Equal(1, engine.Hypervisor.Calls.Count(c => c == nameof(IHypervisor.StartAsync)));
        await using var db = await engine.DbAsync();
        Assert.Contains(
            "The site's address could not be connected to the machine. nginx's configuration is being changed by another process. "
                + "Trying again in 5 s.",
            await db.OperationEvents.Where(e => e.OperationId == create.Id).Select(e => e.Message).ToListAsync());
    }

    [Fact]
    public async Task AGuestThatNeverAnswersIsGivenUpAfterItsTime()
    {
        await using var engine = await EngineHost.StartAsync(postgres, null, "Engine:ReadySeconds=5");
        var owner = await engine.AddUserAsync("mute");
        engine.Hypervisor.GuestsAnswer = false;

        var operation = await engine.CreateAsync(owner);

        Assert.Equal(
            "The machine started but did not become ready. Neither its web server nor SSH answered on its network address within 5 s.",
            operation.Error);
        Assert.Contains("Kernel panic", operation.ErrorDetail);
        await engine.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ADeleteAskedForDuringACreateWins()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("hasty");
        engine.Hypervisor.GuestsAnswer = false;
        var waiting = new TaskCompletionSource();
        engine.Hypervisor.Before = (name, _) =>
        {
            if (name == nameof(IHypervisor.AskGuestAsync))
                waiting.TrySetResult();
            return Task.CompletedTask;
        };
        var create = (await engine.Requests.CreateAsync(owner, null, null)).Operation;
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(20));

        var delete = await engine.ChangeAsync(owner, OperationKind.Delete);

        EngineHost.AssertSucceeded(delete);
        Assert.Equal(OperationStatus.Cancelled, (await engine.EndedAsync(owner, create.Id)).Status);
        await engine.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ADeleteThatFailsTriesAgainUntilItIsDone()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("tough");
        await engine.CreateAsync(owner);
        var failures = 1;
        engine.Hypervisor.Before = (name, _) => name == nameof(IHypervisor.RemoveAsync) && Interlocked.Decrement(ref failures) >= 0
            ? throw new HostException("libvirt is away.") : Task.CompletedTask;

        var delete = await engine.ChangeAsync(owner, OperationKind.Delete);

        EngineHost.AssertSucceeded(delete);
        await using var db = await engine.DbAsync();
        Assert.Contains(
            "The machine could not be removed. libvirt is away. Trying again in 5 s.",
            await db.OperationEvents.Where(e => e.OperationId == delete.Id).Select(e => e.Message).ToListAsync());
        await engine.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task ARepeatedDeleteIsTheSameOperation()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync("twice");
        await engine.CreateAsync(owner);
        var gate = new TaskCompletionSource();
        engine.Hypervisor.Before = (name, _) => name == nameof(IHypervisor.RemoveAsync) ? gate.Task : Task.CompletedTask;

        var first = await engine.Requests.ChangeAsync(owner, OperationKind.Delete, null);
        var second = await engine.Requests.ChangeAsync(owner, OperationKind.Delete, null);
        gate.SetResult();

        Assert.Equal(first.Id, second.Id);
        EngineHost.AssertSucceeded(await engine.EndedAsync(owner, first.Id));
    }
}
