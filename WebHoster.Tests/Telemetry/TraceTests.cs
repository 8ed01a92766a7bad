using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Telemetry;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Telemetry;

/// <summary>One trace from the request to the last step, listened to in this process.</summary>
[Trait("Category", "Integration")]
public sealed class TraceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private static readonly ActivitySource Tests = new("WebHoster.Tests.Telemetry");

    private readonly ConcurrentBag<Activity> _ended = [];
    private readonly ActivityListener _listener = new();
    private bool _listens;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task AnOperationsStepsJoinTheTraceOfItsRequest()
    {
        Listen();
        var (asked, trace, ended) = await CreateAsync();
        EngineHost.AssertSucceeded(ended);

        var operation = Assert.Single(_ended, a => a.TraceId == trace && a.OperationName == "create hosting");
        Assert.Equal("succeeded", operation.GetTagItem("webhoster.operation.status"));
        Assert.Equal(asked.Id, operation.GetTagItem("webhoster.operation.id"));
        Assert.Equal(ActivityStatusCode.Unset, operation.Status);
        Assert.Equal(
            OperationPlan.StepsOf(OperationKind.Create).Order(),
            _ended.Where(a => a.TraceId == trace && a.ParentSpanId == operation.SpanId).Select(a => a.OperationName).Order());
    }

    [Fact]
    public async Task AStepThatFailsSaysSoInItsSpan()
    {
        Listen();
        var (_, trace, ended) = await CreateAsync(guestsAnswer: false);
        Assert.Equal(OperationStatus.Failed, ended.Status);

        Assert.Equal(ActivityStatusCode.Error, Assert.Single(_ended, a => a.TraceId == trace && a.OperationName == StepName.AwaitReady).Status);
        Assert.Contains(_ended, a => a.TraceId == trace && a.OperationName == "create hosting" && a.Status == ActivityStatusCode.Error);
        Assert.Contains(_ended, a => a.TraceId == trace && a.OperationName == StepName.ReleaseSlot);
    }

    [Fact]
    public async Task AProgramIsASpanWithItsExitCodeAndOnlyWithinATrace()
    {
        Listen();
        var runner = new CommandRunner(Options.Create(new EngineSettings()), NullLogger<CommandRunner>.Instance);
        await runner.TryAsync(new Command("false", ["alone"], TimeSpan.FromSeconds(10)));
        Assert.DoesNotContain(_ended, a => a.GetTagItem("process.command_line") is "false alone");
        using (var request = Tests.StartActivity("request")!)
            await runner.TryAsync(new Command("false", ["traced"], TimeSpan.FromSeconds(10)));
        var span = Assert.Single(_ended, a => a.GetTagItem("process.command_line") is "false traced");
        Assert.Equal(1, span.GetTagItem("process.exit.code"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }

    /// <summary>Within a request of its own. Returns when the engine has stopped, and with it every span.</summary>
    private async Task<(Operation Asked, ActivityTraceId Trace, Operation Ended)> CreateAsync(bool guestsAnswer = true)
    {
        await using var engine = await EngineHost.StartAsync(postgres, null, guestsAnswer ? "Engine:ReadySeconds=10" : "Engine:ReadySeconds=5");
        engine.Hypervisor.GuestsAnswer = guestsAnswer;
        var owner = await engine.AddUserAsync("traced");
        using var request = Tests.StartActivity("request")!;
        var asked = (await engine.Requests.CreateAsync(owner, null, null)).Operation;
        Assert.Equal(request.Id, asked.TraceParent);
        return (asked, request.TraceId, await engine.EndedAsync(owner, asked.Id));
    }

    private void Listen()
    {
        Assert.False(_listens);
        _listens = true;
        _listener.ShouldListenTo = source => source.Name is Traces.SourceName or "WebHoster.Tests.Telemetry";
        _listener.Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded;
        _listener.ActivityStopped = _ended.Add;
        ActivitySource.AddActivityListener(_listener);
    }
}
