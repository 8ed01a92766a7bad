using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>The process's role, as a trace names it: <c>web</c>, <c>worker</c> or <c>all</c>.</summary>
public sealed record ProcessRole(string Name);

/// <summary>Sends spans to the collector that is configured, from before the first work to after the last. Without one nothing listens.</summary>
public sealed class TraceExport(IOptions<TelemetrySettings> settings, IOptions<InstallSettings> install, ProcessRole role) : IHostedLifecycleService
{
    private static readonly string[] Sources =
        [Traces.SourceName, "Microsoft.AspNetCore", "Microsoft.AspNetCore.SignalR.Server", "Microsoft.AspNetCore.Components"];

    private TracerProvider? _provider;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (settings.Value.OtlpEndpoint != "")
            _provider = Build(settings.Value);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Flushes what is left.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _provider?.Dispose();
        return Task.CompletedTask;
    }

    private TracerProvider Build(TelemetrySettings telemetry) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty()
            .AddService($"webhoster-{role.Name}", install.Value.Name, BuildVersion.Text, false, $"{Environment.MachineName}:{Environment.ProcessId}"))
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(telemetry.SampleRatio)))
        .AddSource(Sources)
        .AddOtlpExporter(otlp =>
        {
            var http = telemetry.OtlpProtocol == "http";
            otlp.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            // Set in code it is taken as it is: the path belongs to it.
            otlp.Endpoint = http ? new Uri($"{telemetry.OtlpEndpoint.TrimEnd('/')}/v1/traces") : new Uri(telemetry.OtlpEndpoint);
            if (telemetry.OtlpToken != "")
                otlp.Headers = $"Authorization={Uri.EscapeDataString($"Bearer {telemetry.OtlpToken}")}";
        })
        .Build()!;
}
