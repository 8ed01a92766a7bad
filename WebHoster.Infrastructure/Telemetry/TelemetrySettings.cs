using System.ComponentModel.DataAnnotations;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>Section <c>Telemetry</c>: where traces go, and who may read <c>/metrics</c>.</summary>
public sealed class TelemetrySettings
{
    /// <summary>An OTLP collector, such as <c>http://localhost:4318</c>; empty for none, and then nothing is traced.</summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary><c>http</c> (protobuf, usually port 4318) or <c>grpc</c> (usually 4317).</summary>
    [RegularExpression("http|grpc", ErrorMessage = "Telemetry:OtlpProtocol is http or grpc.")]
    public string OtlpProtocol { get; set; } = "http";

    /// <summary>Sent to the collector as a bearer token; empty for none. The exporter takes headers as a list with commas between them.</summary>
    [RegularExpression(@"\A[!-+.-~-]*\z", ErrorMessage = "Telemetry:OtlpToken has no spaces and no commas.")]
    public string OtlpToken { get; set; } = "";

    /// <summary>Which part of the requests is traced, 0-1; one that comes with a trace of its own is traced as that says.</summary>
    [Range(0.0, 1.0, ErrorMessage = "Telemetry:SampleRatio is 0-1.")]
    public double SampleRatio { get; set; } = 1;

    /// <summary>Opens <c>/metrics</c> to whoever shows it as a bearer token; without it only this host may read.</summary>
    [RegularExpression(@"\A([!-~]{16,})?\z", ErrorMessage = "Telemetry:MetricsToken has at least 16 characters and no spaces.")]
    public string MetricsToken { get; set; } = "";
}
