using System.Diagnostics;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Telemetry;
using WebHoster.Tests.Faults;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Telemetry;

/// <summary>Workers that send their spans to a receiver, behind a host of stand-ins.</summary>
public sealed class TracedHost : FaultHost
{
    internal SpanReceiver Receiver { get; } = new();

    protected override int WorkerCount => 1;

    protected override Dictionary<string, string?> SettingsIn(string folder) => new(base.SettingsIn(folder))
    {
        ["Telemetry:OtlpEndpoint"] = Receiver.Url,
        ["Telemetry:OtlpToken"] = "secret-of-the=collector",
    };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}

/// <summary>The worker is another process than the one that took the request; its spans arrive at a collector under the request's trace.</summary>
[Trait("Category", "Integration")]
public sealed class TraceExportTests(TracedHost host) : IClassFixture<TracedHost>
{
    private const string Name = "WebHoster.Tests.Export";
    private static readonly ActivitySource Tests = new(Name);

    [Fact]
    public async Task ARealWorkersSpansComeToTheCollectorUnderTheRequestsTrace()
    {
        using var listener = new ActivityListener { ShouldListenTo = s => s.Name == Name, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        var owner = await host.AddUserAsync();
        string trace, request;
        Guid operation;
        using (var activity = Tests.StartActivity("request")!)
        {
            (trace, request) = (activity.TraceId.ToHexString(), activity.SpanId.ToHexString());
            operation = await host.RequestAsync(owner, OperationKind.Create);
        }
        EngineHost.AssertSucceeded(await host.EndedAsync(owner, operation));

        // An operation that is taken up again has another span; a span is sent when it has ended, its steps' before it.
        var spans = (await host.Receiver.ReadAsync(all => all.Any(publish => publish.Trace == trace && publish.Name == StepName.PublishRoute
            && all.Any(root => root.Id == publish.Parent)))).Where(s => s.Trace == trace).ToList();
        var start = Assert.Single(spans, s => s.Name == StepName.StartMachine);
        var root = Assert.Single(spans, s => s.Id == start.Parent);
        Assert.Equal(("webhoster-worker", "create hosting", request), (root.Service, root.Name, root.Parent));
        Assert.Contains(spans, s => s.Name == "virt-install" && s.Parent == start.Id);
        Assert.All(host.Receiver.Authorizations, a => Assert.Equal("Bearer secret-of-the=collector", a));
    }
}

/// <summary>A portal that sends its spans to a receiver.</summary>
public sealed class TracedPortal : PortalFixture
{
    internal SpanReceiver Receiver { get; } = new();

    protected override Dictionary<string, string> Settings => new(base.Settings) { ["Telemetry__OtlpEndpoint"] = Receiver.Url };
}

/// <summary>The first part of the way: from a caller's own trace to the operation's row.</summary>
[Trait("Category", "Integration")]
public sealed class RequestTraceTests(TracedPortal portal) : IClassFixture<TracedPortal>
{
    [Fact]
    public async Task ARequestJoinsItsCallersTraceAndTheOperationKeepsIt()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var person = await Person.AddAsync(portal);
        person.Http.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-00f067aa0ba902b7-01");
        (await person.CreateHostingAsync()).EnsureSuccessStatusCode();

        var spans = await portal.Receiver.ReadAsync(all => all.Any(s => s.Trace == Trace));
        var span = Assert.Single(spans, s => s.Trace == Trace);
        Assert.Equal(("webhoster-web", "POST /api/v1/host", "00f067aa0ba902b7"), (span.Service, span.Name, span.Parent));
        Assert.Equal(
            $"00-{Trace}-{span.Id}-01",
            await portal.Database.ScalarAsync<string>("select trace_parent from operations where slug = @slug", ("slug", person.Name)));
    }
}
