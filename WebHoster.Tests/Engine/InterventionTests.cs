using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Engine;

/// <summary>What an administrator calls off, and what the engine makes of it.</summary>
[Trait("Category", "Integration")]
public sealed class InterventionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Guid Admin = Guid.NewGuid();

    [Fact]
    public async Task ACreateThatIsCalledOffAtAnyCallLeavesNothing()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        foreach (var call in new[] { nameof(IHypervisor.CreateDiskAsync), nameof(IHypervisor.StartAsync), nameof(IHypervisor.AskGuestAsync) })
        {
            var owner = await engine.AddUserAsync($"off-{call.ToLowerInvariant()[..6]}");
            var reached = Hold(engine, call);
            var create = (await engine.Requests.CreateAsync(owner, null, null)).Operation.Id;
            await reached;
            var delete = await InterventionsOf(engine).CancelAsync(Admin, create, null, default);
            EngineHost.AssertSucceeded(await engine.EndedAsync(owner, delete.Id));
            Assert.Equal(OperationStatus.Cancelled, (await engine.EndedAsync(owner, create)).Status);
            engine.Hypervisor.Before = (_, _) => Task.CompletedTask;
            await engine.AssertNothingLeftAsync();
        }
    }

    [Theory]
    [InlineData(OperationKind.Restart, nameof(IHypervisor.AskGuestAsync))]
    [InlineData(OperationKind.Rebuild, nameof(IHypervisor.CreateDiskAsync))]
    public async Task WhatIsCalledOffHalfWayEndsAsFailedAndCanBeAskedForAgain(OperationKind kind, string call)
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var owner = await engine.AddUserAsync($"half-{kind.ToString().ToLowerInvariant()}");
        EngineHost.AssertSucceeded(await engine.CreateAsync(owner));
        var reached = Hold(engine, call);
        var operation = (await engine.Requests.ChangeAsync(owner, kind, null)).Id;
        await reached;

        var cancelled = await InterventionsOf(engine).CancelAsync(Admin, operation, null, default);
        Assert.Equal((OperationStatus.Cancelled, HostingStatus.Failed), (cancelled.Status, (await engine.FindAsync(owner))!.Status));
        engine.Hypervisor.Before = (_, _) => Task.CompletedTask;
        var again = await InterventionsOf(engine).RetryAsync(Admin, operation, null, default);
        EngineHost.AssertSucceeded(await engine.EndedAsync(owner, again.Id));
        Assert.Equal(HostingStatus.Running, (await engine.FindAsync(owner))!.Status);
        await Assert.ThrowsAsync<ConflictException>(() => InterventionsOf(engine).CancelAsync(Admin, again.Id, null, default));
    }

    /// <summary>Ends when the engine makes this call, which then waits until it is interrupted.</summary>
    private static Task Hold(EngineHost engine, string call)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Hypervisor.Before = (name, ct) =>
        {
            if (name != call)
                return Task.CompletedTask;
            reached.TrySetResult();
            return Task.Delay(Timeout.Infinite, ct);
        };
        return reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static Interventions InterventionsOf(EngineHost engine) => new(engine.Factory, engine.Requests, TimeProvider.System);
}
