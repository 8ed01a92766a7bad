using System.Reflection;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Which worker process this is.</summary>
public sealed class WorkerIdentity
{
    public Guid Id { get; } = Guid.NewGuid();

    public string Host { get; } = Environment.MachineName;

    /// <summary>As leases name their holder.</summary>
    public string Name { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    public string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "";
}
