using Serilog.Core;
using Serilog.Events;

namespace WebHoster.Web.Start;

/// <summary>Puts the ids in scope (request, operation, hosting) at the end of a console line.</summary>
public sealed class LogTrail : ILogEventEnricher
{
    private static readonly string[] Names = ["RequestId", "OperationId", "HostingId"];

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        var trail = string.Concat(Names.Select(name =>
            logEvent.Properties.TryGetValue(name, out var value) && !logEvent.MessageTemplate.Text.Contains($"{{{name}}}")
                ? $" {name}={(value as ScalarValue)?.Value}" : ""));
        logEvent.AddPropertyIfAbsent(new LogEventProperty("Trail", new ScalarValue(trail)));
    }
}
